//! One run of a scenario: act in an app that dies at its crash point, start it again, and see what
//! came of it. Scenarios say only what is there before, what is done, and what must have come of
//! it.

use std::sync::Arc;

use test_support::client::Unanswered;
use test_support::{
    App, AppBuilder, Call, Client, DataFolder, Ledger, Mirror, Resources, Topics, eventually,
};

use super::{Fate, walk};

/// What is there when a scenario begins; each run has a copy of its own.
pub(super) struct Stage {
    settings: AppBuilder,
    data: Arc<DataFolder>,
    token: String,
}

/// What is done to an app, by whom it may concern, and what must come of it.
pub(super) struct Scenario<'s> {
    pub(super) name: &'s str,
    /// With fewer host calls it is not the scenario that was meant.
    pub(super) calls_min: u64,
    pub(super) stage: &'s Stage,
    /// Done again after a death that left it unanswered, as a client or a sidecar would.
    pub(super) act: &'s (dyn Fn(&App, &Client) -> Result<(), Unanswered> + Sync),
    /// Seen from outside: a question to the app would be a host call of its own.
    pub(super) is_done: &'s (dyn Fn(&Ledger, &Topics) -> bool + Sync),
    /// What must hold beyond what always must.
    pub(super) check: &'s (dyn Fn(&Ledger) + Sync),
}

impl Stage {
    /// Sets the scene in an app that nobody kills; `set` says whose scene it is.
    pub(super) fn set(settings: AppBuilder, set: impl FnOnce(&App) -> Client) -> Self {
        let app = settings.clone().on(Arc::new(DataFolder::new())).start();
        let token = set(&app).token().to_owned();
        app.settle();
        let data = Arc::clone(app.data());
        app.stop();
        Stage { settings, data, token }
    }

    /// The usual settings, and one user.
    pub(super) fn with_user(set: impl FnOnce(&Client)) -> Self {
        Self::set(App::builder(), |app| {
            let client = app.client().sign_up("walker@example.org");
            set(&client);
            client
        })
    }

    /// What lies in the tables when each run begins.
    pub(super) fn ledger(&self) -> Ledger {
        Ledger::read(&self.data)
    }
}

impl Scenario<'_> {
    /// Dies at each host call, before and after it.
    pub(super) fn walk(&self) {
        walk(self.name, self.calls_min, |point| self.run(point));
    }

    /// The first life has no sweep, so that its calls are those of the scenario; the next one has.
    fn run(&self, point: &str) -> Fate {
        let quiet = Arc::new(Resources::without_cron());
        let builder = self.stage.settings.clone().apart();
        let builder = builder.on(Arc::new(self.stage.data.duplicate())).resources(&quiet);
        let builder = builder.log_host_calls();
        let mut fate = Fate::Untouched;
        let mut app = builder.clone().crash_at(point).try_start().unwrap_or_else(|_| {
            fate = Fate::Died;
            builder.resources(&sweeping()).start()
        });
        while (self.act)(&app, &self.client(&app)).is_err() {
            app = self.start_again(app, &mut fate, point);
        }
        let is_over = self.is_done_or_dead(&mut app, point) == Fate::Untouched;
        // What follows the last effect that can be seen ends here, or at the crash point.
        if fate == Fate::Untouched && is_over && app.terminate().success() {
            app = app.restart();
        } else if fate == Fate::Untouched || !is_over {
            app = self.start_again(app, &mut fate, point);
        }
        self.is_done_or_dead(&mut app, point);
        self.see(app);
        fate
    }

    fn client(&self, app: &App) -> Client {
        app.client().with_token(&self.stage.token)
    }

    /// The leases of the dead one end at once, as if their time had passed.
    fn start_again(&self, mut app: App, fate: &mut Fate, point: &str) -> App {
        eventually(&format!("{point}: what does not answer is dead"), || {
            app.has_died().then_some(())
        });
        assert!(*fate == Fate::Untouched, "{point}: it died again:\n{}", app.log_tail());
        *fate = Fate::Died;
        app.data().let_leases_run_out();
        app.restart_as(|builder| builder.resources(&sweeping()))
    }

    fn is_done_or_dead(&self, app: &mut App, point: &str) -> Fate {
        eventually(&format!("{point}: {} is done, or death", self.name), || {
            if app.has_died() {
                return Some(Fate::Died);
            }
            let (ledger, topics) = (Ledger::read(app.data()), app.topics());
            let is_over = (self.is_done)(&ledger, &topics) && app.is_quiet();
            is_over.then_some(Fate::Untouched)
        })
    }

    fn see(&self, app: App) {
        let ledger = app.settle();
        (self.check)(&ledger);
        if !ledger.users.is_empty() {
            let client = self.client(&app);
            let mut mirror = Mirror::default();
            mirror.catch_up_step_by_step(&client);
            mirror.assert_equals_server(&client);
            app.settle();
        }
        app.stop();
    }
}

fn sweeping() -> Arc<Resources> {
    Arc::new(Resources::with_cron_every_second())
}

/// An answer with this status; a connection that broke is somebody's death.
pub(super) fn answered(client: &Client, call: &Call, status: u16) -> Result<(), Unanswered> {
    client.try_call(call).map(|answer| drop(answer.expect(status)))
}
