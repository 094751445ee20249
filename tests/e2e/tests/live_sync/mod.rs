//! Live sync as devices meet it: every open one hears of a change at once, and whoever was cut off
//! goes on where it was.

mod device;
mod latency;
mod reconnects;
mod streams;
