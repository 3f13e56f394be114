//! Changes of a hostile member at the gate of a document.

use std::sync::LazyLock;

use svod_node::documents::{Applied, Document, Incoming, genesis};
use svod_shared::chunk::of_body;
use svod_shared::id::{Actor, ChangeHash};
use svod_shared::leb::Writer;

use crate::gate::hostile::Hostile;
use crate::gate::random::Random;
use crate::gate::scene::Scene;
use crate::gate::sound;

/// Where changes arrive.
pub static SCENES: LazyLock<Vec<Scene>> =
    LazyLock::new(|| (0..4).map(|seed| Scene::make(&mut Random::new(seed))).collect());

/// Bytes as a chunk, and behind a plausible head: seen by our own reader before automerge sees anything.
pub fn prescan(data: &[u8]) {
    let Some(scene) = SCENES.first() else { return };
    let [victim, _] = &scene.victims;
    let empty = Document::new(victim.id()).expect("a kind that is known");
    let mut head = Writer::new();
    head.leb(1).raw(&[7; 32]).bytes(scene.mallory.as_bytes()).raw(data);
    let (hash, headed) = of_body(head.as_slice());
    let (plain_hash, plain) = of_body(data);
    for (hash, bytes) in [(hash, headed.as_slice()), (plain_hash, plain.as_slice()), (hash, data)] {
        let mut document = empty.clone();
        let applied = document.apply(&[Incoming { actor: scene.mallory, hash, bytes }]);
        assert_eq!(applied.applied, []);
        assert_eq!(applied.held.len() + applied.refused.len(), 1);
        assert!(document.is_empty());
    }
}

/// `how u8 · bytes`: a whole change body, or what follows its dependencies and actor, through the whole gate.
pub fn gate(data: &[u8]) {
    let Some((how, rest)) = data.split_first() else { return };
    let Some(scene) = SCENES.get(usize::from(how >> 1) % SCENES.len()) else { return };
    let body = if how & 1 == 0 { rest.to_vec() } else { behind_head(scene, rest) };
    let (hash, bytes) = of_body(&body);
    let hostile = Hostile { actor: scene.mallory, hash, bytes, by_bytes: true };
    let [mut one, mut other] = scene.victims.clone();
    let first = offered(&mut one, &hostile, scene.mallory);
    let second = offered(&mut other, &hostile, scene.mallory);
    assert_eq!(first.refused, second.refused, "two documents with one past judge differently");
    if !first.applied.is_empty() {
        sound::check(&one, Some(&hostile)).expect("a document that took a change is sound");
    }
}

/// The same head as the honest changes of a scene have.
pub fn behind_head(scene: &Scene, rest: &[u8]) -> Vec<u8> {
    let mut body = Writer::new();
    body.raw(&head_of(scene)).raw(rest);
    body.into_vec()
}

/// Dependencies and actor of an honest change.
pub fn head_of(scene: &Scene) -> Vec<u8> {
    let honest =
        scene.honest.first().and_then(|it| svod_shared::chunk::body(&it.bytes).ok()).unwrap_or_default();
    let deps = usize::from(honest.first().copied().unwrap_or(0));
    honest.get(..1 + 32 * deps + 17).unwrap_or_default().to_vec()
}

fn offered(document: &mut Document, hostile: &Hostile, actor: Actor) -> Applied {
    let before: Vec<ChangeHash> = document.heads();
    let known = document.has(&hostile.hash);
    let incoming = [Incoming { actor, hash: hostile.hash, bytes: &hostile.bytes }];
    let applied = document.apply(&incoming);
    let told = applied.applied.len() + applied.held.len() + applied.refused.len();
    assert_eq!(told, usize::from(!known), "every change on offer is answered once");
    if applied.applied.is_empty() {
        assert_eq!(document.heads(), before, "what is not taken leaves no trace");
    }
    let again = document.apply(&incoming);
    assert_eq!(again.applied, [], "a change that comes twice changes nothing");
    assert_eq!(again.refused, applied.refused);
    let genesis = genesis::change(&document.id(), document.kind()).0;
    assert!(document.has(&genesis));
    applied
}
