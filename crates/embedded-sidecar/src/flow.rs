//! Whether work towards the app goes on, rests or ends. One switch for deliveries and bindings.

use std::time::Duration;

use tokio::sync::watch;

/// The switch itself; whoever watches the app's health turns it.
#[derive(Debug)]
pub(crate) struct FlowSwitch {
    state: watch::Sender<FlowState>,
}

/// What a worker sees of it.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    state: watch::Receiver<FlowState>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FlowState {
    Running,
    /// The app is unhealthy: wait.
    Paused,
    /// The sidecar is going down: finish what is in flight and start nothing.
    Stopping,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    /// The time passed, or the awaited thing came, with the flow running.
    Through,
    /// The flow was paused or stopped meanwhile.
    Interrupted,
}

impl FlowSwitch {
    pub(crate) fn new(state: FlowState) -> Self {
        Self { state: watch::Sender::new(state) }
    }

    pub(crate) fn flow(&self) -> Flow {
        Flow { state: self.state.subscribe() }
    }

    /// Stopping is final.
    pub(crate) fn turn(&self, state: FlowState) {
        self.state.send_if_modified(|current| {
            let turns = *current != FlowState::Stopping && *current != state;
            if turns {
                *current = state;
            }
            turns
        });
    }
}

impl Flow {
    pub(crate) fn state(&self) -> FlowState {
        *self.state.borrow()
    }

    /// Waits out a pause. A sidecar that is gone counts as stopping.
    pub(crate) async fn running_or_stopping(&mut self) -> FlowState {
        match self.state.wait_for(|state| *state != FlowState::Paused).await {
            Ok(state) => *state,
            Err(_) => FlowState::Stopping,
        }
    }

    pub(crate) async fn stopping(&mut self) {
        // An error means that the switch is gone, which is as good as stopping.
        let _ = self.state.wait_for(|state| *state == FlowState::Stopping).await;
    }

    /// Sleeps unless the flow leaves Running.
    pub(crate) async fn sleep(&mut self, duration: Duration) -> Waited {
        let sleep = tokio::time::sleep(duration);
        self.while_running(sleep).await
    }

    /// Waits for `event` unless the flow leaves Running.
    pub(crate) async fn while_running(&mut self, event: impl Future) -> Waited {
        tokio::select! {
            biased;
            _ = self.state.wait_for(|state| *state != FlowState::Running) => Waited::Interrupted,
            _ = event => Waited::Through,
        }
    }
}
