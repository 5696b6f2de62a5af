/** docs/reference/gateway.md: every key of the configuration file, as its JSON Schema describes it; and that schema itself. */

import { gatewayJsonSchema } from '../../src/config/gateway-schema.ts';
import { code, fenced, generatedFrom, table } from './markdown.ts';

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly required?: readonly string[];
}

/** @param example a configuration that the loader accepts. */
export function gatewayPage(example: string): string {
  const schema = gatewayJsonSchema() as Schema;
  return [
    generatedFrom('src/config/gateway-schema.ts', 'test/docs/gateway.example.yaml'),
    '# Gateway configuration',
    `\`ninelives gateway --config FILE\` reads this file: YAML or JSON, checked key by key. \`ninelives config check FILE\` says what is
wrong with one, each mistake with its line and column; \`ninelives config schema\` prints the JSON Schema for editors, which is
[gateway.schema.json](gateway.schema.json) too.`,
    fenced('yaml', example),
    `Texts under \`upstreams\`, the URLs under \`auth\`, and that of \`cluster\`, may refer to the environment (\`\${NAME}\`; \`$\${\` stands for \`\${\`) and, as a whole, to
a file (\`file:PATH\`), so that secrets stand elsewhere. Paths begin at the folder of the file. What a reference stands for is never
shown, neither in a mistake nor in the log.`,
    '## How a request finds its route',
    `By its path and, where a route names one, its host: a route with a host before one without, a whole path before what is below one
(\`/files/*\`), a longer one before a shorter one. Each route serves streamable HTTP and, for upgrades, WebSocket at the same
place. A session belongs to its route and to who opened it: on another route nobody knows its id.`,
    '## Limits and times by tag',
    `Under \`tags\`, for all routes or for one, stand limits and times that a session has while a tag holds on it: one of [our own](tags.md),
or a label that a [rule](rules.md) or \`ninelives sessions tag\` puts on it. They stand in the place of those of the route, whether
they give more or less; where several tags of a session say the same one, the smallest of them holds. The message with which a
tag comes is still decided as without it; requests that wait keep the deadlines that they were given. When the tag goes, everything is
as before.`,
    fenced(
      'yaml',
      `tags:
  large-payload: { limits: { pendingPerSession: 10 } }
  expensive: { limits: { pendingPerSession: 2 }, times: { requestIdleMs: 600000 } }`,
    ),
    '## When the file changes',
    `It is read again when it changes and on SIGHUP, as a whole: with one mistake in it everything stays as it was, and the log says what is
wrong. Then what is different is put in place at once. New limits and times hold for open sessions, too, and so does what is asked
of who comes in (\`auth\`). A session keeps the server that it was opened with, also one that is no longer in the file: that ends
with its last session. \`listen\`, \`front\` and \`cluster\` cannot change while the gateway runs, and neither can whether it
speaks TLS. The files of \`tls\` may: who connects from then on sees the new certificate, and a broken one is logged and not used.`,
    '## Health',
    table(
      ['path', 'what it says'],
      [
        [code('/healthz'), '200: the process runs.'],
        [code('/readyz'), '200, or 503 when it is ending, or when none of its servers could be reached.'],
        [code('/readyz/UPSTREAM'), '200, or 503 with the reason why this server could not be reached.'],
      ],
    ),
    '## Keys',
    ...sectionsOf('The file', schema),
  ].join('\n\n');
}

export function gatewaySchemaText(): string {
  return `${JSON.stringify(gatewayJsonSchema(), null, 2)}\n`;
}

function sectionsOf(title: string, schema: Schema): readonly string[] {
  const { properties = {}, required = [] } = schema;
  const rows = Object.entries(properties)
    .filter(([name]) => name !== '$schema')
    .map(([name, each]) => [
      required.includes(name) ? `${code(name)} (required)` : code(name),
      kindOf(each),
      each.description ?? '',
    ]);
  const below = Object.entries(properties).flatMap(([name, each]) => {
    const inner = innerOf(each);
    return inner?.properties === undefined ? [] : [{ name, inner, each }];
  });
  return [
    `### ${title}`,
    table(['key', 'what stands there', 'what it says'], rows),
    ...below
      .filter(({ name }) => title === 'The file' || !repeated.has(name))
      .flatMap(({ name, inner, each }) => sectionsOf(code(nameOf(title, name, each)), inner)),
  ];
}

/** The same on a route as for all routes. */
const repeated: ReadonlySet<string> = new Set(['limits', 'times', 'methods', 'tags']);

function nameOf(title: string, name: string, each: Schema): string {
  const around = title === 'The file' ? '' : `${title.replaceAll('`', '')}.`;
  if (each.items !== undefined) return `${around}${name}[]`;
  return isNamed(each) ? `${around}${name}.NAME` : `${around}${name}`;
}

function isNamed({ properties, additionalProperties }: Schema): boolean {
  return properties === undefined && typeof additionalProperties === 'object';
}

function innerOf(schema: Schema): Schema | undefined {
  if (schema.items !== undefined) return schema.items;
  return isNamed(schema) && typeof schema.additionalProperties === 'object' ? schema.additionalProperties : schema;
}

function kindOf(schema: Schema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(kindOf).join(' or ');
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(', ');
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.items !== undefined) return 'list';
  if (isNamed(schema)) return 'values by name';
  return { integer: 'whole number', number: 'number', string: 'text', object: 'keys' }[schema.type ?? ''] ?? 'value';
}
