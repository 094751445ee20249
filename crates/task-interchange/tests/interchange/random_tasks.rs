//! Tasks drawn at random, the same ones at each run, with the texts that formats trip over.

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use task_domain::{
    Basis, Description, Draft, Ordinal, Priority, RecurrenceInput, Reminder, Rule, SeriesPosition,
    Subtask, Tag, Task, Title, transition,
};

use crate::support::{SERIES, utc};

const WORDS: [&str; 34] = [
    "Buy",
    "milk",
    "@home",
    "+garden",
    "due:2027-01-01",
    "x",
    "(A)",
    "2027-02-03",
    "a,b;c:d",
    "\"quoted\"",
    "back\\slash",
    "\\n",
    "دودھ",
    "خریدیں",
    "ضروری",
    "100%",
    "%41",
    "rec:1w",
    "t:2027-03-03",
    "http://example.com/a?b=c",
    "10:30",
    "tag:x",
    "time:09:00",
    "{",
    "}]",
    "#",
    "'",
    "é",
    "🎉",
    "=1+1",
    "@",
    "+",
    "uid:7",
    "title:x",
];

const ZONES: [Tz; 6] = [
    Tz::Europe__Berlin,
    Tz::Asia__Karachi,
    Tz::UTC,
    Tz::America__New_York,
    Tz::Australia__Lord_Howe,
    Tz::America__St_Johns,
];

const RULES: [&str; 12] = [
    "FREQ=DAILY",
    "FREQ=WEEKLY;INTERVAL=2",
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "FREQ=WEEKLY;BYDAY=MO,TH",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;COUNT=12",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;BYMONTHDAY=31,-1;BYSETPOS=-1",
    "FREQ=YEARLY",
    "FREQ=YEARLY;UNTIL=20990101T000000Z",
    "FREQ=DAILY;INTERVAL=3;COUNT=9",
    "FREQ=MONTHLY;INTERVAL=18",
];

/// A multiplicative generator of 64 bits (Knuth's constants) whose upper bits are used.
pub(crate) struct Draws(u64);

impl Draws {
    pub(crate) fn seeded(seed: u64) -> Draws {
        Draws(seed)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn words(&mut self, most: usize) -> String {
        let wanted = 1 + self.below(most);
        let mut text = String::new();
        for at in 0..wanted {
            if at > 0 {
                text.push_str(self.pick(&[" ", " ", " ", "  ", "\u{a0}"]));
            }
            text.push_str(self.pick(&WORDS));
        }
        text
    }

    fn title(&mut self) -> Title {
        Title::parse(&self.words(6)).expect("a title")
    }

    fn description(&mut self) -> Description {
        let lines: Vec<String> = (0..self.below(4)).map(|_| self.words(5)).collect();
        let separator = self.pick(&["\n", "\n\n", "\n\t", " "]);
        Description::parse(&lines.join(separator)).expect("a description")
    }

    /// Whole minutes as people choose them, or whatever a clock showed.
    fn instant(&mut self) -> DateTime<Utc> {
        let day = utc("2026-11-01T00:00:00Z") + Duration::days(self.below(500) as i64);
        match self.below(4) {
            0 => day + Duration::milliseconds(self.below(86_400_000) as i64),
            1 => day + Duration::seconds(self.below(86_400) as i64),
            _ => day + Duration::minutes(15 * self.below(96) as i64),
        }
    }

    /// The end of a day, the hour that comes twice in Berlin, or any time.
    fn due_at(&mut self, tz: Tz) -> DateTime<Utc> {
        let at = self.instant();
        match self.below(4) {
            0 => {
                let day =
                    at.with_timezone(&tz).date_naive().and_hms_opt(23, 59, 0).expect("a time");
                day.and_local_timezone(tz).earliest().expect("no gap at midnight").to_utc()
            }
            1 => self.pick(&[utc("2027-10-31T00:30:00Z"), utc("2027-10-31T01:30:00Z")]),
            _ => at,
        }
    }

    fn reminder(&mut self) -> Reminder {
        match self.below(3) {
            0 => Reminder::At(self.instant()),
            _ => Reminder::Before(Duration::minutes(self.pick(&[0, 15, 90, 1_440, 1_441]))),
        }
    }

    pub(crate) fn task(&mut self) -> Task {
        let timezone = self.pick(&ZONES);
        let due_at = self.one_in(2).then(|| self.due_at(timezone));
        let recurrence = due_at.filter(|_| self.one_in(2)).map(|_| RecurrenceInput {
            rule: Rule::parse(self.pick(&RULES)).expect("a rule"),
            basis: self.pick(&[Basis::Due, Basis::Completion]),
        });
        let draft = Draft {
            description: self.description(),
            priority: self.pick(&[
                Priority::Low,
                Priority::Medium,
                Priority::High,
                Priority::Urgent,
            ]),
            tags: (0..self.below(4)).map(|_| self.tag()).collect(),
            due_at,
            recurrence,
            reminders: Some((0..self.below(3)).map(|_| self.reminder()).collect()),
            subtasks: (0..self.below(3)).map(|_| self.subtask()).collect(),
            ..Draft::new(self.title(), timezone)
        };
        let created_at = self.instant();
        let mut task = transition::create(draft, created_at, SERIES).expect("a task");
        if self.one_in(3)
            && let Some(recurrence) = &mut task.recurrence
        {
            recurrence.anchor -= Duration::days(31);
            task.series = Some(SeriesPosition { id: SERIES, occurrence: Ordinal(4) });
        }
        task.updated_at = created_at + Duration::milliseconds(self.below(1_000_000) as i64);
        task.completed_at = self.one_in(3).then(|| self.instant());
        task
    }

    fn tag(&mut self) -> Tag {
        let most = if self.one_in(4) { 2 } else { 1 };
        Tag::parse(&self.words(most)).expect("a tag")
    }

    fn subtask(&mut self) -> Subtask {
        Subtask { title: self.title(), completed: self.one_in(2) }
    }
}
