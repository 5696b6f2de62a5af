/** docs/reference/tags.md: the built-in tag rules and their thresholds. */

import { builtInTagRules, tagRulesMax, tagThresholds } from '../../src/session/tags.ts';
import { defaultLimits } from '../../src/session/limits.ts';
import { code, fenced, generatedFrom, spokenBytes, spokenMs, table } from './markdown.ts';

const threshold = tagThresholds;

/** When each built-in tag holds. */
export const tagSentences: Readonly<Record<string, string>> = {
  'long-running': `The session has been open for more than ${spokenMs(threshold.longRunningMs)}.`,
  'high-volume': `More than ${threshold.highVolumeFrames} frames so far, or more than ${threshold.highVolumePerSecond} a second over the last ${spokenMs(threshold.rateWindowMs)}.`,
  authenticated: 'It is known who the client is.',
  'error-prone': `At least ${threshold.errorProneOutcomes} of the last ${threshold.errorProneWindow} outcomes were not \`result\`.`,
  slow: `The 95th percentile of the last ${threshold.slowWindow} requests lies above ${spokenMs(threshold.slowMs)}.`,
  idle: `No frame for ${spokenMs(threshold.idleMs)}.`,
  'large-payload': `A frame was larger than ${spokenBytes(threshold.largePayloadBytes)}.`,
  saturated: `More requests wait than ${defaultLimits.pendingSoftRatio * 100} % of \`pendingPerSession\`.`,
};

export function tagsPage(example: string): string {
  return [
    generatedFrom('src/session/tags.ts', 'test/docs/tag-rule.example.ts'),
    '# Tags',
    `Tags say what a session is like. They are computed after every event, inside the same unit of work, and a tag whose rule no
longer holds goes. Where time alone changes an answer, a timer has the rules asked again.`,
    table(
      ['tag', 'holds when'],
      builtInTagRules.map(({ tag }) => [code(tag), tagSentences[tag] ?? '']),
    ),
    `An embedder adds rules of its own, up to ${tagRulesMax - builtInTagRules.length}. A rule that throws while a
frame is decided undoes the frame's event: the session stays as it was, and who sent a request is told. On events of our own
making, such as a deadline, a rule that throws leaves the tags of your rules as they were, so that no rule can keep a request from its outcome.`,
    fenced('ts', example),
    `Labels (\`session.label(name, true)\`) stand beside the tags without a rule: somebody sets them, and somebody takes them
away. What is too long, or one too many, is not set (see [limits](limits.md)).`,
  ].join('\n\n');
}
