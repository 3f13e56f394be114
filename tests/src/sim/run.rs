//! One seed from beginning to end: steps with faults, then everything is mended and has to come together.

use std::collections::BTreeMap;

use svod_shared::id::{FeedId, OrgNo, Space};
use svod_shared::storage::FeedHead;
use svod_shared::vector::StateDigest;

use crate::sim::site::{Site, heads};
use crate::sim::trace::Broken;
use crate::sim::world::{Terms, World};

/// Roster height and heads of the relay.
type Stands = (u64, BTreeMap<FeedId, FeedHead>);

/// How often all control codes are compared while faults go on.
const COMPARE_EVERY: u64 = 64;
/// How long everybody may need to come together once everything is mended.
const MEND_MS_MAX: u64 = 3600 * 1000;
/// How many steps that may take.
const MEND_STEPS_MAX: u64 = 60_000;

/// What a seed did.
#[derive(Debug)]
pub struct Ran {
    /// Steps taken, those after mending included.
    pub steps: u64,
    /// Virtual time that passed.
    pub simulated_ms: u64,
    /// Deeds and faults by kind.
    pub counts: BTreeMap<&'static str, u64>,
    /// The hash over everything that happened.
    pub trace: u64,
    /// What does not hold.
    pub failure: Option<Failure>,
}

/// A broken invariant.
#[derive(Debug)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// The step after which it was noticed.
    pub step: u64,
    /// What does not hold.
    pub broken: Broken,
    /// What happened before.
    pub tail: Vec<String>,
}

/// Runs a seed for so many steps, then mends everything.
pub fn run(seed: u64, steps: u64, terms: Terms) -> Ran {
    let mut world = match World::new(seed, terms) {
        Ok(world) => world,
        Err(broken) => {
            let failure = Failure { seed, step: 0, broken, tail: Vec::new() };
            return Ran {
                steps: 0,
                simulated_ms: 0,
                counts: BTreeMap::new(),
                trace: 0,
                failure: Some(failure),
            };
        }
    };
    let begun = world.now;
    let mut step = 0;
    let broken = all(&mut world, steps, &mut step).err();
    let tail = world.trace.tail();
    Ran {
        steps: step,
        simulated_ms: world.now - begun,
        trace: world.trace.hash(),
        counts: world.trace.counts,
        failure: broken.map(|broken| Failure { seed, step, broken, tail }),
    }
}

fn all(world: &mut World, steps: u64, step: &mut u64) -> Result<(), Broken> {
    while *step < steps {
        *step += 1;
        world.step()?;
        if step.is_multiple_of(COMPARE_EVERY) {
            world.compare()?;
        }
    }
    world.mend()?;
    let until = world.now + MEND_MS_MAX;
    let mut apart = world.apart()?;
    while apart.is_some() {
        for _ in 0..50 {
            *step += 1;
            world.step()?;
        }
        apart = world.apart()?;
        if let Some(apart) = &apart
            && (world.now > until || *step > steps + MEND_STEPS_MAX)
        {
            return Err(Broken::new("all come together", apart.clone()));
        }
    }
    world.check_all()?;
    world.compare()?;
    world.check_wrote()
}

impl World {
    /// Ends every fault: what was down comes up, what was full has room, lines that hang break.
    fn mend(&mut self) -> Result<(), Broken> {
        self.healed = true;
        self.trace.note(format!("{} everything is mended", self.now));
        self.relay_down_until = self.relay_down_until.min(self.now);
        if let (true, Ok(db)) = (self.relay.full, self.relay.db()) {
            let sql = format!("PRAGMA max_page_count = {}", u32::MAX - 1);
            let set = db.connection().query_row(&sql, [], |_| Ok(()));
            set.map_err(|it| Broken::failed("emptying the relay's disk", it))?;
        }
        for site in &mut self.sites {
            site.down_until = site.down_until.min(self.now);
            if let Some(store) = &site.store {
                store.limit_size(u64::MAX).map_err(|it| Broken::failed("emptying a disk", it))?;
            }
        }
        for at in 0..self.lines.len() {
            let whole = self.lines[at].is_whole()
                && !self.lines[at].poisoned
                && self.lines[at].site < self.sites.len();
            self.lines[at].dumb_until = [0, 0];
            if !whole {
                self.cut(at);
            }
        }
        Ok(())
    }

    /// Equal logs and rosters and nothing held: equal documents and views.
    fn compare(&self) -> Result<(), Broken> {
        let mut codes: BTreeMap<(u64, [u8; 16]), (String, &str)> = BTreeMap::new();
        for site in &self.sites {
            let Some(store) = &site.store else { continue };
            if store.held().map_err(|it| Broken::failed("counting", it))? > 0 && !self.healed {
                continue;
            }
            let digest = StateDigest::of(Space::Network, &heads(store)?);
            let code = store.control_code().map_err(|it| Broken::failed("control code", it))?;
            let first = codes
                .entry((store.roster().height(), digest.0))
                .or_insert_with(|| (code.clone(), site.name.as_str()));
            if first.0 != code {
                let what = format!("{} has {}, {} has {code}", first.1, first.0, site.name);
                return Err(Broken::new("I3 equal", what));
            }
        }
        Ok(())
    }

    /// Why not everybody has come together yet.
    fn apart(&mut self) -> Result<Option<String>, Broken> {
        let relay = self.relay_heads()?;
        for at in 0..self.sites.len() {
            if let Some(why) = self.site_apart(&self.sites[at], &relay)? {
                return Ok(Some(why));
            }
        }
        Ok(None)
    }

    fn relay_heads(&mut self) -> Result<Option<Stands>, Broken> {
        if self.relay_down_until > 0 {
            return Ok(None);
        }
        let snapshot = self.relay.snapshot()?;
        let heads = snapshot.heads.into_values().flatten();
        let heads = heads.filter(|it| !self.archive.is_split(it)).map(|it| (it.feed, it)).collect();
        Ok(Some((snapshot.roster.height(), heads)))
    }

    fn site_apart(&self, site: &Site, relay: &Option<Stands>) -> Result<Option<String>, Broken> {
        let name = &site.name;
        let (Some(store), Some((height, relay))) = (&site.store, relay) else {
            return Ok(Some(format!("{name} or the relay is down")));
        };
        if store.roster().height() != *height {
            return Ok(Some(format!("{name} has roster {}, the relay {height}", store.roster().height())));
        }
        if store.me().is_none() {
            return Ok(Some(format!("{name} is not admitted")));
        }
        let here = heads(store)?;
        let here: BTreeMap<_, _> =
            here.into_iter().filter(|it| !self.archive.is_split(it)).map(|it| (it.feed, it)).collect();
        if here != *relay {
            let differ = |it: &&FeedHead| relay.get(&it.feed).is_none_or(|there| there != *it);
            let more: Vec<_> =
                here.values().filter(differ).map(|it| (it.node.0, it.epoch, it.height)).collect();
            let less: Vec<_> = relay.values().map(|it| (it.node.0, it.epoch, it.height)).collect();
            return Ok(Some(format!("{name} has {more:?} otherwise than the relay, which has {less:?}")));
        }
        if self.frames_forged {
            return Ok(None);
        }
        let hostile = OrgNo(2);
        let fresh = store.freshness().map_err(|it| Broken::failed("freshness", it))?;
        let behind = fresh.iter().find(|it| it.org != hostile && it.lacks != Some(0));
        Ok(behind.map(|it| format!("{name} believes that {:?} lacks {:?} of its entries", it.org, it.lacks)))
    }
}
