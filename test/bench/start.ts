/** How much later a client has its first answer because of us, what we load until then, and what we are on a disk. */

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bench, type Measure, inRounds, perRound, ratios, single } from './measure.ts';
import { PeerProcess, echoServer, floorProxy, ninelives, stopAll } from './peer-process.ts';
import { cpuMicrosOfProcess } from './process-vitals.ts';

/** A server that is up at once: nothing of our start is hidden behind its own. */
const quickServer: readonly string[] = [
  'sh',
  '-c',
  `read -r line; echo '{"jsonrpc":"2.0","id":0,"result":{}}'; cat >/dev/null`,
];

const root = fileURLToPath(new URL('../../../', import.meta.url));
const mebibyte = 1024 * 1024;

export const start: Bench = {
  name: 'start',
  title: 'Start',
  about: `A client starts a command, writes \`initialize\` at once, and waits for the answer: the server alone, the server behind
\`ninelives forward stdio\`, and the server behind a bare Node program that only joins the pipes (the floor: a process of Node has to
boot, whatever it does). The differences are taken within each round. The first server is a program of Node, which boots while the
proxy is loaded; the second is a shell script, which waits for the proxy. Processor time is that of the proxy's process until the
answer is there. \`NODE_EXTRA_CA_CERTS\` is not set for any of them: with it every start of Node 20 reads all certificates first. Files
are those that Node has loaded at the end of a session with the default log; packages and their bytes are what
\`npm install --omit=dev\` puts beside ours.`,

  async measure(options) {
    delete process.env['NODE_EXTRA_CA_CERTS'];
    const over = (server: readonly string[]) => ({
      direct: async () => firstAnswer(server),
      floor: async () => firstAnswer(floorProxy('pipe', server)),
      ours: async () => firstAnswer(ninelives(server)),
    });
    try {
      const node = await inRounds(options, over(echoServer));
      const quick = await inRounds(options, over(quickServer));
      return [
        ...comparison('a Node server', node, { most: 60 }),
        ...comparison('a quick server', quick),
        single('files loaded', 'files', filesLoaded()),
        ...installed(),
      ];
    } finally {
      await stopAll();
    }
  },
};

interface FirstAnswer {
  readonly ms: number;
  readonly cpuMs: number;
}

async function firstAnswer(command: readonly string[]): Promise<FirstAnswer> {
  const before = performance.now();
  const peer = new PeerProcess(command);
  await peer.initialize();
  const ms = performance.now() - before;
  const cpuMs = cpuMicrosOfProcess(peer.pid) / 1000;
  await peer.stop();
  return { ms, cpuMs };
}

type Answers = readonly FirstAnswer[];

function comparison(
  server: string,
  { direct, floor, ours }: { readonly direct: Answers; readonly floor: Answers; readonly ours: Answers },
  target?: { readonly most: number },
): readonly Measure[] {
  const later = (answers: Answers, than: Answers): readonly number[] =>
    answers.map(({ ms }, round) => ms - (than[round]?.ms ?? NaN));
  const cpu = (answers: Answers): readonly number[] => answers.map(({ cpuMs }) => cpuMs);
  return [
    perRound(
      `${server}: first answer`,
      'ms',
      direct.map(({ ms }) => ms),
    ),
    perRound(`${server}: later behind ninelives`, 'ms', later(ours, direct), target),
    perRound(`${server}: later behind the floor`, 'ms', later(floor, direct)),
    perRound(`${server}: ninelives after the floor`, 'ms', later(ours, floor)),
    perRound(`${server}: processor time of ninelives`, 'ms', cpu(ours)),
    perRound(`${server}: processor time of the floor`, 'ms', cpu(floor)),
    perRound(`${server}: processor time, ninelives by floor`, 'x', ratios(cpu(ours), cpu(floor))),
  ];
}

function filesLoaded(): number {
  const [node = '', ...args] = ninelives([process.execPath, '-e', '']);
  const preload = join(root, 'test/fixtures/loaded-files.mjs');
  const { stderr } = spawnSync(node, ['--import', preload, ...args], { input: '', encoding: 'utf8' });
  const { parts, packages } = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown[]>;
  return (parts?.length ?? NaN) + (packages?.length ?? NaN);
}

function installed(): readonly Measure[] {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
  });
  const [pack] = JSON.parse(packed) as { readonly size: number; readonly unpackedSize: number }[];
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>;
  };
  const folders = Object.entries(lock.packages).flatMap(([folder, { dev, devOptional }]) =>
    folder === '' || dev === true || devOptional === true ? [] : [folder],
  );
  const bytes = folders.reduce((sum, folder) => sum + bytesIn(join(root, folder)), pack?.unpackedSize ?? NaN);
  return [
    single('package, compressed', 'MiB', (pack?.size ?? NaN) / mebibyte),
    single('installed, with what it depends on', 'MiB', bytes / mebibyte, { most: 25 }),
    single('packages installed, ours included', 'packages', folders.length + 1, { most: 25 }),
  ];
}

/** Without packages that lie inside: they are packages of their own. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + bytesIn(path);
    return sum + statSync(path).size;
  }, 0);
}
