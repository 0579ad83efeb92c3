// Every monitor. A new one is a file and a line here. The sequential ones share one detector bank (sequence/watcher.ts);
// their rules stand in profile/families.ts.
import type { Profile } from '../profile/profile.ts';
import { clusters } from './clusters.ts';
import { latencyGroups } from './latency-groups.ts';
import { knownTriggers } from './known-triggers.ts';
import type { Monitor } from './monitor.ts';
import { neighbours } from './neighbours.ts';
import { promptPatterns } from './prompts.ts';
import { sourceShares } from './source-shares.ts';
import { unreadableRows } from './unreadable-rows.ts';

function sequential(id: string, label: string, missing: string, limits: string): Monitor {
  return { id, label, kind: 'sequential', limits, inapplicable: (profile: Profile) => (profile.families.some(({ monitor, trials }) => monitor === id && trials > 0) ? undefined : missing) };
}

const BASELINE_BOUND = 'A change smaller than what the baseline itself leaves open (its confidence band) is not seen, however long it lasts.';

export const MONITORS: readonly Monitor[] = [
  sequential('class-shift', 'Share of each class', 'no classes are logged', `${BASELINE_BOUND} A change of the world moves the shares as well; the alarm says that they changed, not why.`),
  sequential('value-shift', 'Distribution of the value', 'no values are logged', `${BASELINE_BOUND} Watches the ten tenths of the usual distribution: a change inside one tenth is not seen.`),
  sequential('confidence', 'Confidence, both ends, by class', 'no confidence is logged', `${BASELINE_BOUND} A trigger whose confidence is trained to look usual is not seen here. Classes with fewer than 100 predictions in the baseline's first 20,000 are not watched.`),
  sequential('out-of-distribution', 'Distance from the usual inputs', 'no input features are logged', `${BASELINE_BOUND} Mahalanobis distance to the nearest class (and energy, where logits are logged): inputs inside a class's usual cloud score low whatever they make the model do.`),
  sequential('latency', 'Latency', 'no latency is logged', `${BASELINE_BOUND} Load, hardware and input length move latency as well.`),
  sequential('resources', 'CPU, GPU and memory', 'no resources are logged', `${BASELINE_BOUND} Other work on the same machine moves them as well.`),
  sequential('sources', 'Sources never seen before', 'no source or user is logged', `${BASELINE_BOUND} Counts predictions from sources that the baseline does not name (it names the 20,000 most frequent).`),
  sequential('times', 'Quiet hours of the day', 'the baseline has no times, covers too few hours, or knows no quiet ones', `${BASELINE_BOUND} Hours in UTC; days of the week are not told apart.`),
  clusters,
  promptPatterns,
  latencyGroups,
  sourceShares,
  neighbours,
  knownTriggers,
  unreadableRows,
];
