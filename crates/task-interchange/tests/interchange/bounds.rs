//! Memory is bounded by the size of one task, whatever the file holds.

use task_interchange::{Format, RECORD_BYTES_MAX, Reader};

use crate::support::{context, told};

const PIECE: usize = 16 * 1024;

#[test]
fn a_task_that_never_ends_is_a_fault_and_the_next_one_is_read() {
    let long = "long ".repeat(RECORD_BYTES_MAX / 4);
    let files = [
        (Format::TodoTxt, format!("{long}\nNext\n")),
        (Format::Csv, format!("TYPE,CONTENT\ntask,{long}\ntask,Next\n")),
        (Format::Json, format!("[{{\"title\":\"{long}\"}},\n{{\"title\":\"Next\"}}]")),
        (
            Format::ICalendar,
            format!(
                "BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:{long}\nEND:VTODO\n\
                 BEGIN:VTODO\nSUMMARY:Next\nEND:VTODO\nEND:VCALENDAR\n"
            ),
        ),
    ];
    for (format, file) in files {
        let told = told(format, &file);
        assert_eq!(told.matches("may hold 262144 bytes").count(), 1, "{format:?}: {told:.500}");
        assert!(told.ends_with(": Next\n"), "{format:?}: {told:.500}");
    }
}

/// Many rows, lines or properties of a single task count like one long one.
#[test]
fn a_task_of_endless_parts_is_a_fault_and_the_next_one_is_read() {
    let parts = RECORD_BYTES_MAX / 20;
    let rows = "task,A subtask among very many,2\n".repeat(parts);
    let properties = "COMMENT:A comment among very many\n".repeat(parts);
    let folds = " and a line that goes on\n".repeat(parts);
    let files = [
        (Format::Csv, format!("TYPE,CONTENT,INDENT\ntask,Long,1\n{rows}task,Next,1\n")),
        (Format::ICalendar, calendar(&properties)),
        (Format::ICalendar, calendar(&format!("SUMMARY:Long\n{folds}"))),
    ];
    for (format, file) in files {
        let told = told(format, &file);
        assert!(told.contains("may hold 262144 bytes"), "{format:?}: {told:.500}");
        assert!(told.ends_with(": Next\n"), "{format:?}: {told:.500}");
    }
}

/// What was pushed and not taken is all that a reader keeps beside one open task.
#[test]
fn every_pushed_task_can_be_taken_at_once() {
    let line = "Call Mom @phone due:2099-03-05\n";
    let lines_of_a_piece = PIECE / line.len() + 1;
    let file = line.repeat(100_000);
    let mut reader = Reader::new(Format::TodoTxt, context());
    let mut taken = 0;
    for piece in file.as_bytes().chunks(PIECE) {
        reader.push(piece);
        let complete = std::iter::from_fn(|| reader.take()).count();
        assert!(complete <= lines_of_a_piece);
        taken += complete;
    }
    assert_eq!(taken, 100_000);
}

#[test]
fn letters_that_are_no_text_are_a_fault_of_their_task() {
    let broken = b"Fine\n\xff\xfe\nNext\n";
    let entries = crate::support::entries(Format::TodoTxt, broken, 3);
    let outcomes: Vec<bool> = entries.iter().map(|entry| entry.task.is_ok()).collect();
    assert_eq!(outcomes, [true, false, true]);
}

fn calendar(task: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\nBEGIN:VTODO\n{task}END:VTODO\n\
         BEGIN:VTODO\nSUMMARY:Next\nEND:VTODO\nEND:VCALENDAR\n"
    )
}
