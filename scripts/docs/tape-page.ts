/** docs/reference/tape.md and its JSON Schema: what the lines of a tape say. Read from the schema that tapes are read by. */

import { z } from 'zod';
import { defaultTapeLimits } from '../../src/record/tape-file.ts';
import { eventSchema, headerSchema, lineSchemas, tapeJsonSchema } from '../../src/record/tape-schema.ts';
import { tapeLaws } from '../../src/record/tape-check.ts';
import { code, generatedFrom, table } from './markdown.ts';

interface Described {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Described[];
  readonly properties?: Readonly<Record<string, Described>>;
  readonly required?: readonly string[];
}

const meanings: Readonly<Record<string, string>> = {
  settings:
    'Limits and times that sessions have from here on; under a number that was said before, those that have it already, too.',
  'session.opened': 'A session has opened.',
  'session.ended': 'It is over, and no further line is about it.',
  'tape.gap': 'Lines that could not be written in time are missing here.',
  'tape.closed': 'The last line of a tape that was closed and not cut off.',
};

export function tapePage(): string {
  return `${generatedFrom('src/record/tape-schema.ts')}

# Tapes

\`--record FILE\` writes what the sessions of a process go through to a tape; \`--record DIR/\` gives each session a tape of its own.
A tape is a text of JSON objects, one a line, which grows while it is recorded and can be read up to its last whole line at any time. The
JSON Schema of a line is [tape.schema.json](tape.schema.json). \`ninelives tape show\`, \`check\` and \`step\` read tapes, also when they are
packed with gzip: see [the guide](../guides/tapes.md).

The first line is the header:

${members(headerSchema)}

Every other line has \`seq\`, \`at\` and \`event\`. Lines that are no event of a session:

${[...lineSchemas]
  .map(([name, schema]) => `## ${code(name)}\n\n${meanings[name]}\n\n${members(schema, ['seq', 'at', 'event'])}`)
  .join('\n\n')}

## Events

Every other line is one event of one session, as [events.md](events.md) lists them; the deadlines of the chart itself are called
\`xstate.after...\`. \`to\` is the state after the event. Of a frame the message stands in \`body\` as it was spelled, on one line and with
secrets hidden; it is always the last member. What a message says itself the line does not say again: its \`id\`, its \`method\` and its
length stand on lines alone whose message is hidden in part or not there, and \`kind\` is in the name of the event; \`ninelives tape show
--json\` prints lines with all of it. A message that is longer than \`bodies.bytesMax\` has \`envelope\` and \`bodyDigest\` instead.
Requests are named by their place among the requests of their session (\`request\`, \`viaRequest\`), exchanges of a client on HTTP by the
order in which they came. \`verdict\` and \`news\` are what interceptors decided.

${members(eventSchema, ['seq', 'at', 'event'])}

## Limits

${table(
  ['', 'default'],
  Object.entries(defaultTapeLimits).map(([name, value]) => [code(name), value === Infinity ? 'off' : String(value)]),
)}

## Laws

\`ninelives tape check\` holds a tape to these; a note is said and breaks nothing.

${table(
  ['law', 'says', ''],
  tapeLaws.map(({ law, text, isNote }) => [code(law), text, isNote ? 'note' : '']),
)}
`;
}

export function tapeSchemaText(): string {
  return `${JSON.stringify(tapeJsonSchema(), null, 2)}\n`;
}

function members(schema: z.ZodType, left: readonly string[] = []): string {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' }) as Described;
  const rows = Object.entries(properties)
    .filter(([name]) => !left.includes(name))
    .map(([name, described]) => [
      code(name),
      kindOf(described),
      required.includes(name) ? 'always' : '',
      described.description ?? '',
    ]);
  return table(['member', 'is', '', ''], rows);
}

function kindOf(described: Described): string {
  const { type, enum: names, const: only, anyOf } = described;
  if (only !== undefined) return code(JSON.stringify(only));
  if (names !== undefined) return names.length > 6 ? 'a name' : names.map((name) => code(String(name))).join(', ');
  if (anyOf !== undefined) return [...new Set(anyOf.map(kindOf))].join(' or ');
  return typeof type === 'object' ? type.join(' or ') : (type ?? 'anything');
}
