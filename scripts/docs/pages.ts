/** Every page that is written by a program, and the examples that are shown in pages written by hand. */

import { readFileSync } from 'node:fs';
import { format } from 'prettier';
import { sessionMachine } from '../../machines/session.ts';
import { supervisorMachine } from '../../machines/supervisor.ts';
import { upstreamMachine } from '../../machines/upstream.ts';
import { adminPage } from './admin-page.ts';
import { ruleFileJsonSchema } from '../../src/rules/rule-schema.ts';
import { chartPage, diagram } from './chart-page.ts';
import { cliPage } from './cli-page.ts';
import { compatParts } from './compat-tables.ts';
import { countersPage } from './counters-page.ts';
import { errorsPage } from './errors-page.ts';
import { eventsPage } from './events-page.ts';
import { exitCodesPage } from './exit-codes-page.ts';
import { gatewayPage, gatewaySchemaText } from './gateway-page.ts';
import { interceptorsPage } from './interceptors-page.ts';
import { limitsPage } from './limits-page.ts';
import { localErrorsPage } from './local-errors-page.ts';
import { logPage } from './log-page.ts';
import { fenced } from './markdown.ts';
import { methodsPage } from './methods-page.ts';
import { metricsPage } from './metrics-page.ts';
import { outcomesPage, outcomesTable } from './outcomes-page.ts';
import { profilesPage } from './profiles-page.ts';
import { rulesPage } from './rules-page.ts';
import { tagsPage } from './tags-page.ts';
import { tapePage, tapeSchemaText } from './tape-page.ts';

const style = {
  parser: 'markdown',
  proseWrap: 'always',
  singleQuote: true,
  printWidth: 120,
  trailingComma: 'all',
} as const;

/** A page by its path from the root of the repository. */
export interface Page {
  readonly path: string;
  build(): string;
}

export const chartPages: readonly Page[] = [
  {
    path: 'docs/charts/session.md',
    build: () =>
      chartPage(
        sessionMachine,
        'machines/session.ts',
        'One MCP session between a client and a server. Each session runs this chart in an actor of its own.',
        `An event that no row takes in
the present state changes nothing: it is logged, and a request is answered with \`NOT_ALLOWED_IN_STATE\`.`,
      ),
  },
  {
    path: 'docs/charts/upstream.md',
    build: () =>
      chartPage(
        upstreamMachine,
        'machines/upstream.ts',
        'One connection to one server: when it is started, whether it is started again, and how it ends.',
        'An event that no row takes came too late; it is logged and changes nothing.',
      ),
  },
  {
    path: 'docs/charts/supervisor.md',
    build: () =>
      chartPage(
        supervisorMachine,
        'machines/supervisor.ts',
        'The whole process: whether it takes new sessions. Frames are routed around this chart, in constant time.',
        'An event that no row takes changes nothing.',
      ),
  },
];

export const referencePages: readonly Page[] = [
  { path: 'docs/reference/admin-api.md', build: adminPage },
  { path: 'docs/reference/cli.md', build: cliPage },
  { path: 'docs/reference/counters.md', build: countersPage },
  { path: 'docs/reference/errors.md', build: errorsPage },
  { path: 'docs/reference/events.md', build: eventsPage },
  { path: 'docs/reference/exit-codes.md', build: exitCodesPage },
  { path: 'docs/reference/gateway.md', build: () => gatewayPage(example('gateway.example.yaml')) },
  { path: 'docs/reference/gateway.schema.json', build: gatewaySchemaText },
  { path: 'docs/reference/interceptors.md', build: () => interceptorsPage(example('interceptor.example.ts')) },
  { path: 'docs/reference/tape.md', build: tapePage },
  { path: 'docs/reference/tape.schema.json', build: tapeSchemaText },
  { path: 'docs/reference/limits.md', build: limitsPage },
  { path: 'docs/reference/local-errors.md', build: () => localErrorsPage(example('refused.example.ts')) },
  { path: 'docs/reference/log.md', build: logPage },
  { path: 'docs/reference/methods.md', build: methodsPage },
  { path: 'docs/reference/metrics.md', build: metricsPage },
  { path: 'docs/reference/profiles.md', build: () => profilesPage(example('profile.example.yaml')) },
  { path: 'docs/reference/rules.md', build: () => rulesPage(example('plugin.example.ts')) },
  { path: 'docs/reference/rules.schema.json', build: ruleFileJsonSchema },
  { path: 'docs/reference/states-and-outcomes.md', build: outcomesPage },
  { path: 'docs/reference/tags.md', build: () => tagsPage(example('tag-rule.example.ts')) },
];

/** Pages written by hand with parts that are not. */
export const pagesWithParts: readonly string[] = [
  'README.md',
  'docs/guides/block-a-tool.md',
  'docs/guides/coming-from-other-proxies.md',
  'docs/guides/container.md',
  'docs/guides/foreign-inspectors.md',
  'docs/guides/hold-a-call.md',
  'docs/guides/hooks.md',
  'docs/guides/limits-for-an-existing-sdk-server.md',
  'docs/guides/one-session-per-tab-in-the-browser.md',
  'docs/guides/behind-a-web-framework.md',
  'docs/guides/mock-a-server.md',
  'docs/guides/put-session-laws-into-your-proxy.md',
  'docs/guides/test-your-own-proxy.md',
];

/** What stands between `<!-- part: NAME -->` and `<!-- end -->`, beside examples by the names of their files. */
const parts: Readonly<Record<string, () => string>> = {
  ...compatParts,
  outcomes: () => outcomesTable('docs/reference/errors.md'),
  'relay to Stately Inspector': () =>
    fenced('js', readFileSync('test/compat/stately-inspect/relay.mjs', 'utf8').replace(/^\/\/.*\n/, '')),
  'session chart': () => fenced('mermaid', diagram(sessionMachine)),
};

/** A page written by hand with its parts as they are now. */
export async function withParts(text: string): Promise<string> {
  return format(replaceParts(text), { ...style, proseWrap: 'preserve' });
}

function replaceParts(text: string): string {
  return text.replaceAll(
    /(<!-- part: (.+?) -->\n)[^]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => {
      const [, kind] = /\.example\.(ts|yaml)$/.exec(name) ?? [];
      const part = kind === undefined ? parts[name] : () => fenced(kind, example(name));
      if (part === undefined) throw new Error(`There is no part '${name}'`);
      return `${begin}\n${part()}\n\n${end}`;
    },
  );
}

/** The page as it stands in its file. */
export async function printed(page: Page): Promise<string> {
  if (page.path.endsWith('.json')) return page.build();
  return format(page.build(), style);
}

/** An example as its readers write it: without our header, and with the package's name. */
export function example(file: string): string {
  return readFileSync(`test/docs/${file}`, 'utf8')
    .replace(/^\/\*\*[^]*?\*\/\n+/, '')
    .replaceAll("'../../src/index.ts'", "'ninelives'")
    .replaceAll("'../../src/testing.ts'", "'ninelives/testing'")
    .replaceAll("'../../../src/core.ts'", "'ninelives/core'")
    .replaceAll(/'(\.\/[\w-]+)\.example\.ts'/g, "'$1.ts'");
}
