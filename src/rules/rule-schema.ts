/**
 * What a rule file may say, and within which bounds. The file's JSON Schema for editors and the reference page are made from
 * this; what is wrong with a file is said by this.
 */

import { z } from 'zod';
import { sessionStates } from '../session/outcomes.ts';

export const ruleFileLimits = {
  fileBytesMax: 1024 * 1024,
  rulesMax: 5000,
  actionsPerRule: 16,
  pluginsMax: 32,
  mockFileBytesMax: 1024 * 1024,
} as const;

const id = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,99}$/, 'It has to be 1 to 100 letters, digits, dots, dashes and underscores.');
const code = z.number().int().min(-2_147_483_648).max(2_147_483_647);
const message = z.string().min(1).max(1000);
const scope = z
  .enum(['direction', 'exchange'])
  .optional()
  .describe('What waits behind the frame: later frames of its session and direction (default), or none (`exchange`).');
const label = z.string().min(1).max(256);

const error = z.strictObject({ code, message, data: z.unknown().optional() });

const operation = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('add'), path: z.string(), value: z.unknown() }),
  z.strictObject({ op: z.literal('remove'), path: z.string() }),
  z.strictObject({ op: z.literal('replace'), path: z.string(), value: z.unknown() }),
  z.strictObject({ op: z.literal('move'), from: z.string(), path: z.string() }),
  z.strictObject({ op: z.literal('copy'), from: z.string(), path: z.string() }),
  z.strictObject({ op: z.literal('test'), path: z.string(), value: z.unknown() }),
]);

const actions = z
  .strictObject({
    continue: z
      .strictObject({})
      .optional()
      .describe('The frame goes on, and no rule after this one is asked about it.'),
    modify: z
      .strictObject({
        patch: z.array(operation).min(1).max(64).optional().describe('A JSON Patch (RFC 6902) of the message.'),
        merge: z.record(z.string(), z.unknown()).optional().describe('A merge patch (RFC 7386) of the message.'),
      })
      .refine(({ patch, merge }) => (patch === undefined) !== (merge === undefined), 'It wants either patch or merge.')
      .optional()
      .describe('The message is changed. Its id and its kind have to stay.'),
    block: z
      .strictObject({ code: code.optional(), message: message.optional() })
      .optional()
      .describe('A request is refused, a notification vanishes, an answer is replaced by the refusal.'),
    mock: z
      .strictObject({
        result: z.unknown().optional(),
        error: error.optional(),
        file: z.string().min(1).max(1000).optional().describe('A JSON file with the result, beside the rule file.'),
      })
      .refine(
        (mock) => ['result', 'error', 'file'].filter((key) => Object.hasOwn(mock, key)).length === 1,
        'It wants one of result, error and file.',
      )
      .optional()
      .describe('The answer is this; the peer never sees the request. A notification vanishes.'),
    delay: z
      .strictObject({ ms: z.number().int().min(0).max(600_000), scope })
      .optional()
      .describe('The frame waits.'),
    pause: z
      .strictObject({
        ms: z.number().int().min(1).max(3_600_000).default(60_000),
        default: z.enum(['resume', 'block']).default('block').describe('What happens when nobody has decided by then.'),
        scope,
      })
      .optional()
      .describe('The frame waits for somebody to decide.'),
    tag: z
      .strictObject({ add: z.array(label).max(16).optional(), remove: z.array(label).max(16).optional() })
      .optional()
      .describe('Labels are set on the session, or removed.'),
    fault: z
      .strictObject({
        kind: z.enum(['drop', 'close', 'error', 'slow', 'kill-upstream']),
        bytesPerSecond: z.number().int().min(1).optional().describe('How slow, with `slow`; 1024 by default.'),
      })
      .optional()
      .describe(
        'Something goes wrong on purpose: the frame is dropped, and with `close` its session ends, with `kill-upstream` its server; an error is the answer; the frame is slow.',
      ),
    log: z
      .strictObject({ level: z.enum(['debug', 'info', 'warn']).default('info'), message: message.optional() })
      .optional()
      .describe('A line in the log: what was matched, nothing of the body.'),
  })
  .refine((action) => Object.keys(action).length === 1, 'Each entry of `do` is one action: `- block: {}`.');

const state = z.enum([...sessionStates, 'active']);

const rule = z
  .strictObject({
    id: id.describe('The name of the rule, in refusals, logs and lists. Each is given once.'),
    description: z.string().max(1000).optional(),
    enabled: z.boolean().default(true),
    priority: z.number().int().min(-1_000_000).max(1_000_000).default(0).describe('Higher ones are asked first.'),
    on: z
      .enum(['frame', 'transition'])
      .default('frame')
      .describe('`transition`: a breakpoint. Done to the first frame after the session went from `from` to `to`.'),
    from: state.optional().describe('The state that the session left; any by default.'),
    to: state.optional().describe('The state that the session entered; any by default.'),
    when: z.string().min(1).max(4096).optional().describe('A condition in CEL; always by default.'),
    do: z.array(actions).min(1).max(ruleFileLimits.actionsPerRule),
    onError: z
      .enum(['open', 'closed'])
      .default('open')
      .describe('What happens when the condition or an action fails: the rule does nothing, or the frame is blocked.'),
  })
  .refine(({ on, from, to }) => on === 'transition' || (from === undefined && to === undefined), {
    message: '`from` and `to` want `on: transition`.',
    path: ['on'],
  });

const plugin = z.strictObject({
  use: z.string().min(1).max(1000).describe('A built-in interceptor, a file (`./x.js`), or a package.'),
  with: z.record(z.string(), z.unknown()).default({}).describe('What it is told.'),
});

export const ruleFileSchema = z.strictObject({
  version: z.literal(1),
  rules: z.array(rule).max(ruleFileLimits.rulesMax).default([]),
  plugins: z
    .array(plugin)
    .max(ruleFileLimits.pluginsMax)
    .default([])
    .describe('Interceptors that are asked after the rules, in this order.'),
});

export type RuleFileData = z.output<typeof ruleFileSchema>;
export type RuleData = RuleFileData['rules'][number];
export type ActionData = RuleData['do'][number];
export type PluginData = RuleFileData['plugins'][number];

/** The schema for editors, as a JSON text. */
export function ruleFileJsonSchema(): string {
  const schema = z.toJSONSchema(ruleFileSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ ...schema, title: 'A rule file of Ninelives' }, null, 2)}\n`;
}
