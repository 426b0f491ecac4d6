//! A clock that jumps: by years, forward and back.
#![cfg(test)]

mod world;

use switchyard_engine::Clock;
use switchyard_gateway::ControlFile;
use switchyard_simulator::{Fault, Refusal, Vendor, When};
use switchyard_types::Dialect;
use world::{Stream, World};

const YEAR: i64 = 365 * 24 * 3_600_000;

#[tokio::test]
async fn a_clock_that_jumps_loses_nothing_and_stops_nobody() {
    let clock = Clock::manual(1_800_000_000_000);
    let moved = clock.clone();
    let limited = Vendor::default().fault(When::Always, Fault::Refuse(Refusal::Quota));
    let vendors =
        [("limited", Dialect::Chat, limited), ("good", Dialect::Messages, Vendor::default())];
    let world = World::start_with(&vendors, |config| config.clock = clock).await;
    world.combo("both", &["limited/m", "good/m"]).await;
    let mut rows = 0;
    for jump in [0, YEAR, -3 * YEAR, 60_000, -1, 10 * YEAR] {
        moved.advance(jump);
        for stream in [Stream::Yes, Stream::No] {
            let heard = world.ask(Dialect::Chat, "both", stream).await;
            assert_eq!(heard.status, 200, "after a jump of {jump} ms: {}", heard.text);
            rows += 1;
        }
        assert_eq!(world.engine.accounts().await.unwrap().len(), 2, "after a jump of {jump} ms");
        assert_eq!(world.engine.keys().await.unwrap().len(), 1);
        world.last_of(rows).await;
    }
    let asked = world.simulator.requests().len();
    assert!(asked < rows * 2, "a locked account stays locked through small jumps");
}

#[tokio::test]
async fn a_session_ends_when_the_clock_says_so_and_a_link_makes_another() {
    let clock = Clock::manual(1_800_000_000_000);
    let moved = clock.clone();
    let world = World::start_with(&[], |config| config.clock = clock).await;
    let session = world.session().await;
    let status = async |token: &str| {
        let request = world.http.get(world.url("/api/status")).bearer_auth(token);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(&session).await, 200);
    moved.advance(YEAR);
    assert_eq!(status(&session).await, 401);
    assert_eq!(status(&world.session().await).await, 200);
}

const MONTH: i64 = 31 * 24 * 3_600_000;

/// What the command line gets with the token that it reads from the data folder.
async fn as_the_command_line(world: &World) -> u16 {
    let (_, token) = ControlFile::read(&world.engine.config().data_dir).unwrap();
    let request = world.http.get(world.url("/api/status")).bearer_auth(token.expose());
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_command_lines_own_session_outlives_a_clock_that_jumps_ahead() {
    let clock = Clock::manual(1_800_000_000_000);
    let moved = clock.clone();
    let world = World::start_with(&[], |config| config.clock = clock).await;
    let window = world.server.desktop_session().unwrap().token;
    for jump in [0, MONTH, 10 * YEAR] {
        moved.advance(jump);
        world.session().await;
        assert_eq!(as_the_command_line(&world).await, 200, "after a jump of {jump} ms");
        let request = world.http.get(world.url("/api/status")).bearer_auth(&window);
        assert_eq!(request.send().await.unwrap().status(), 200, "after a jump of {jump} ms");
    }
}

#[tokio::test]
async fn many_sign_ins_and_windows_do_not_end_the_command_lines_session() {
    let world = World::start(&[]).await;
    let window = world.server.desktop_session().unwrap().token;
    let first = world.session().await;
    for _ in 0..65 {
        world.session().await;
        assert_eq!(world.server.desktop_session().unwrap().token, window, "one is used again");
    }
    assert_eq!(as_the_command_line(&world).await, 200);
    let request = world.http.get(world.url("/api/status")).bearer_auth(&first);
    assert_eq!(request.send().await.unwrap().status(), 401, "the oldest browser had to go");
}

#[tokio::test]
async fn a_window_that_signs_out_leaves_the_command_line_its_session() {
    let world = World::start(&[]).await;
    let window = world.server.desktop_session().unwrap().token;
    let request = world.http.delete(world.url("/api/session")).bearer_auth(&window);
    let request = request.header("content-type", "application/json").body("{}");
    assert!(request.send().await.unwrap().status().is_success());
    assert_eq!(as_the_command_line(&world).await, 200);
}
