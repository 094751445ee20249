AND ({key}, number) {comparison} (?10, ?11)
