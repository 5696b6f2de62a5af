/**
 * One word finds a source file and its test: src/protocol/lines.ts is tested in test/protocol/lines.test.ts, and
 * machines/session.ts in test/machines/session.test.ts. Files that declare types alone have nothing to run.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Files without a test of their own, by the test file where what they do is seen. */
const seenElsewhere: Readonly<Record<string, string>> = {
  // One line: what it starts, and with what.
  'src/cli/main.ts': 'test/cli/start.test.ts',
  // A sentence and a flag; said by all that finds out and logs in.
  'src/auth/auth-error.ts': 'test/auth/oauth-discovery.test.ts',
  // What is asked of an authorization server: seen against a real one.
  'src/auth/oauth-calls.ts': 'test/auth/oauth-login.test.ts',
  // Wiring of a login, which is seen with a browser and the built command.
  'src/proxy/remote-credentials.ts': 'test/e2e/remote-login.test.ts',
  // It hands on what a server says and does: seen where servers are lost and come back.
  'src/runtime/server-reports.ts': 'test/scenarios/recovery.test.ts',
  // What is asked of tapes, by name: seen where the command is run on real ones.
  'src/cli/tape-tasks.ts': 'test/e2e/tapes.test.ts',
  // Two names: seen where the one end shows them and the other looks.
  'src/observe/subprotocols.ts': 'test/admin/upgrades.test.ts',
  // What lines may say is seen when they are read.
  'src/record/tape-schema.ts': 'test/record/tape-lines.test.ts',
  // Lines in their order: seen where a file has them, and where a browser does.
  'src/record/tape-parts.ts': 'test/record/read-tape.test.ts',
  // Small parts of a node that are seen where it sends, runs and answers frames.
  'src/cluster/memory-engine.ts': 'test/cluster/engine.test.ts',
  'src/cluster/memory-store.ts': 'test/cluster/engine.test.ts',
  'src/cluster/owned-session.ts': 'test/cluster/snapshots.test.ts',
  'src/cluster/pairs.ts': 'test/cluster/outgoing.test.ts',
  'src/cluster/run-frame.ts': 'test/cluster/incoming.test.ts',
  'src/cluster/send-result.ts': 'test/cluster/failure-text.test.ts',
  // What nodes hand to each other, and who is where: seen where clients come to several real nodes.
  'src/transports/http-carrier.ts': 'test/e2e/cluster.test.ts',
  'src/transports/http-carried-answer.ts': 'test/e2e/cluster.test.ts',
  'src/cli/cluster-join.ts': 'test/e2e/cluster.test.ts',
  'src/transports/http-routed-request.ts': 'test/transports/http-routed-frame.test.ts',
  // A line is read to be let happen: the properties do that with every kind of line.
  'src/record/read-event.ts': 'test/record/rebuild.test.ts',
  // Laws, what they read and when they owe something: seen where right and wrong proxies are judged.
  'src/testing/laws/addressee.ts': 'test/testing/laws/laws.test.ts',
  'src/testing/laws/cancel.ts': 'test/testing/laws/laws.test.ts',
  'src/testing/laws/limits.ts': 'test/testing/laws/laws.test.ts',
  'src/testing/laws/outcome.ts': 'test/testing/laws/laws.test.ts',
  'src/testing/laws/owed.ts': 'test/testing/laws/laws.test.ts',
  'src/testing/laws/passage.ts': 'test/testing/laws/laws.test.ts',
  'src/testing/laws/progress.ts': 'test/testing/laws/laws.test.ts',
  'src/testing/laws/reading.ts': 'test/testing/laws/laws.test.ts',
  'src/testing/laws/rules.ts': 'test/testing/laws/laws.test.ts',
  'src/testing/laws/shape.ts': 'test/testing/laws/laws.test.ts',
  'src/testing/laws/verdict.ts': 'test/testing/laws/laws.test.ts',
  // What has been put to the test, and the way to what breaks: seen where a harness says so.
  'src/testing/coverage.ts': 'test/testing/harness.test.ts',
  'src/testing/search.ts': 'test/testing/harness.test.ts',
  // The parts that performing a play is made of: seen where plays are performed.
  'src/testing/play/conversation.ts': 'test/testing/play/perform.test.ts',
  'src/testing/play/model.ts': 'test/testing/play/perform.test.ts',
  'src/testing/play/pace.ts': 'test/testing/play/perform.test.ts',
  'src/testing/play/spoken.ts': 'test/testing/play/perform.test.ts',
  'src/testing/in-process/target.ts': 'test/testing/play/perform.test.ts',
  // One viewer, what it may take up, and the table that it sees: seen over a real connection.
  'src/inspector/viewer.ts': 'test/inspector/feed.test.ts',
  'src/inspector/feed-limits.ts': 'test/inspector/feed.test.ts',
  'src/inspector/overview-source.ts': 'test/inspector/feed.test.ts',
  // A sentence, a port, a line of a stream: seen where they are used.
  'src/testing/targets/target-error.ts': 'test/testing/targets/command.test.ts',
  'src/testing/targets/real-target-options.ts': 'test/testing/targets/real-target.test.ts',
  'src/cli/interrupted.ts': 'test/e2e/verify.test.ts',
  'src/testing/targets/free-port.ts': 'test/testing/targets/real-target.test.ts',
  'src/testing/targets/stream-connection.ts': 'test/testing/targets/relay.test.ts',
  'src/testing/targets/websocket-connection.ts': 'test/testing/targets/real-target.test.ts',
  // The two ends of one wire: each is tested by what the other hears.
  'src/testing/targets/http-connection.ts': 'test/testing/targets/http-server.test.ts',
  // What plays tapes, on real streams and to real servers: seen as it is used.
  'src/cli/run-tape-replay.ts': 'test/e2e/tape-replay.test.ts',
  'src/cli/tape-replay-caller.ts': 'test/e2e/tape-replay.test.ts',
  'src/cli/tape-replay-client.ts': 'test/e2e/tape-replay.test.ts',
  'src/cli/tape-replay-exchange.ts': 'test/e2e/tape-replay.test.ts',
  'src/cli/tape-replay-fork.ts': 'test/e2e/tape-replay.test.ts',
  'src/cli/tape-replay-server.ts': 'test/e2e/tape-replay.test.ts',
  'src/cli/tape-replay-upstream.ts': 'test/e2e/tape-replay.test.ts',
  // The parts that reading a message is made of: seen together, against JSON.parse.
  'src/protocol/batch.ts': 'test/protocol/read.test.ts',
  'src/protocol/derive.ts': 'test/protocol/read.test.ts',
  'src/protocol/faults.ts': 'test/protocol/read.test.ts',
  'src/protocol/members.ts': 'test/protocol/read.test.ts',
};

const testOf = (source: string): string =>
  posix.join('test', source.replace(/^src\//, '').replace(/\.ts$/, '.test.ts'));

/** True when nothing in the file survives the removal of its types. */
function declaresTypesAlone(code: string): boolean {
  const bare = code.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
  return [...bare.matchAll(/^(\w+)(?: (\w+))?/gm)].every(([, first = '', second = '']) =>
    first === 'export' || first === 'import'
      ? ['type', 'interface'].includes(second)
      : ['type', 'interface'].includes(first),
  );
}

const sources = ['src', 'machines']
  .flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => posix.join(root, ...name.split(sep))),
  )
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'));

describe('every source file', () => {
  test('has a test file of the same name', () => {
    const alone = sources
      .filter((path) => !existsSync(testOf(path)) && seenElsewhere[path] === undefined)
      .filter((path) => !declaresTypesAlone(readFileSync(path, 'utf8')));
    expect(sources).toContain('src/errors.ts');
    expect(alone.map((path) => `${path} wants ${testOf(path)}`)).toEqual([]);
  });

  test('that is said to be tested elsewhere exists, and so does the other test', () => {
    const stale = Object.entries(seenElsewhere).filter(
      ([path, place]) => !sources.includes(path) || !existsSync(place),
    );
    expect(stale).toEqual([]);
  });
});

test('a file counts as types alone only when nothing of it runs', () => {
  const types = `/** const x */\nimport type { A } from './a.ts';\nexport interface B {\n  readonly a: A;\n}\nexport type C = B;\n`;
  expect(declaresTypesAlone(types)).toBe(true);
  expect(declaresTypesAlone(`${types}export const d = 1;\n`)).toBe(false);
  expect(declaresTypesAlone(`${types}import { a } from './a.ts';\n`)).toBe(false);
  expect(declaresTypesAlone(`${types}start();\n`)).toBe(false);
});
