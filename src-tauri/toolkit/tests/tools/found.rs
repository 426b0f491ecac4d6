//! What a tool's files say is read back from where it was written.
use switchyard_toolkit::Toolkit;
use switchyard_types::{ToolChoice, ToolWay};

use crate::world::{KEY, World, address, ask, writers};

fn choice(toolkit: &Toolkit, tool: &str) -> Option<ToolChoice> {
    toolkit.view(tool, &address()).unwrap().choice
}

#[test]
fn model_slots_and_key_are_found_where_they_were_written() {
    for tool in writers() {
        let world = World::of(tool);
        assert_eq!(choice(&world.toolkit(), tool), None, "{tool}");
        let slots = world.toolkit().view(tool, &address()).unwrap().slots;
        let mut ask = ask("work");
        for slot in &slots {
            ask.slots.insert(slot.id.clone(), format!("for-{}", slot.id));
        }
        world.apply(tool, &ask);
        let found = world.toolkit().found(tool).unwrap();
        assert_eq!(found.key.unwrap().expose(), KEY, "{tool}");
        let choice = choice(&world.toolkit(), tool).unwrap();
        assert_eq!(choice.model, "work", "{tool}");
        assert_eq!(choice.slots, ask.slots, "{tool}");
    }
}

#[test]
fn a_slot_that_uses_the_main_model_is_not_named() {
    for tool in writers() {
        let world = World::of(tool);
        world.apply(tool, &ask("work"));
        let choice = choice(&world.toolkit(), tool).unwrap();
        assert!(choice.slots.is_empty(), "{tool}: {:?}", choice.slots);
    }
}

#[test]
fn a_tool_that_is_pointed_elsewhere_has_no_choice_here_but_its_key_is_found() {
    for tool in writers() {
        let world = World::of(tool);
        let mut ask = ask("work");
        ask.address = switchyard_toolkit::Address::new("https://gateway.example").unwrap();
        world.apply(tool, &ask);
        assert_eq!(choice(&world.toolkit(), tool), None, "{tool}");
        assert!(world.toolkit().found(tool).unwrap().key.is_some(), "{tool}");
    }
}

#[test]
fn a_tool_with_a_guide_has_nothing_to_be_found() {
    let world = World::new();
    let view = world.toolkit().view("cursor", &address()).unwrap();
    assert_eq!((view.way, view.choice), (ToolWay::Guide, None));
}
