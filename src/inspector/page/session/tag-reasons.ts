/** What a tag of a session means and who has set it, as far as the page can tell. Knows no page. */

import { tagThresholds } from '../../../session/tags.ts';
import type { TracedEvent } from '../../feed-messages.ts';
import { spokenBytes, spokenMs } from './spoken.ts';

export interface TagReason {
  /** `session`: a built-in rule that holds. `person`: by hand or through the admin API. `rule`: a rule of the rule file. */
  readonly by: 'session' | 'person' | 'rule' | 'unknown';
  readonly text: string;
}

const threshold = tagThresholds;

/** When each built-in tag holds. */
const builtIn: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'long-running': `open for more than ${spokenMs(threshold.longRunningMs)}`,
    'high-volume': `more than ${threshold.highVolumeFrames} frames, or more than ${threshold.highVolumePerSecond} a second`,
    authenticated: 'it is known who the client is',
    'error-prone': `at least ${threshold.errorProneOutcomes} of the last ${threshold.errorProneWindow} outcomes were no result`,
    slow: `of the last ${threshold.slowWindow} requests, 5 % took longer than ${spokenMs(threshold.slowMs)}`,
    idle: `no frame for ${spokenMs(threshold.idleMs)}`,
    'large-payload': `a frame was larger than ${spokenBytes(threshold.largePayloadBytes)}`,
    saturated: 'more requests wait than the soft limit says',
  }),
);

/** @param events of the session, oldest first: the newest one that can have set the tag is taken. */
export function tagReason(tag: string, events: readonly TracedEvent[]): TagReason {
  const meaning = builtIn.get(tag);
  if (meaning !== undefined) return { by: 'session', text: meaning };
  for (const event of events.toReversed()) {
    if (event.event === 'session.labelled' && event.detail?.startsWith(`${tag} `) === true) {
      return { by: 'person', text: 'set by you, or by somebody else through the admin API' };
    }
    const step = event.steps?.findLast(({ action }) => action === 'tag');
    if (step !== undefined)
      return { by: 'rule', text: `set by a rule; the newest one that set a tag is ${step.interceptor}` };
  }
  return {
    by: 'unknown',
    text: 'set by a rule, or by somebody through the admin API, before the events that are here',
  };
}
