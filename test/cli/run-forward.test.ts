/**
 * That a server which is faster than we are loses nothing by it. The rest of what a forward does is in forward.test.ts and in
 * test/e2e. The code under test is the built one: build first.
 */

import { afterAll, describe, expect, test } from 'vitest';
import { type Program, forwarding, start, stopAll } from '../e2e/program.ts';

afterAll(stopAll);

const notification = '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"early"}}';

/** In front of a shell, which is up long before the proxy is. */
const inFrontOf = (script: string): Program => start(forwarding(['sh', '-c', script]));

describe.concurrent('a server that boots faster than the proxy loads', () => {
  test('is heard from its first word, also when it ends at once', async () => {
    const program = inFrontOf(`echo '${notification}'; exit 3`);
    program.endInput();
    expect(await program.exit).toEqual({ code: 3, signal: null });
    expect(program.out).toEqual([notification]);
  });

  test('is shown after the line that says it was started', async () => {
    const program = inFrontOf('echo at once >&2; cat >/dev/null');
    program.endInput();
    await program.exit;
    expect(program.err).toContain('[server] at once');
    expect(program.err[0]).toContain('"message":"server started"');
  });

  test('shows when things happened, not when they could be written', async () => {
    const program = inFrontOf('cat >/dev/null');
    program.endInput();
    await program.exit;
    const times = program.log().map((line) => String(line['time']));
    expect(times.length).toBeGreaterThan(2);
    expect(times.toSorted()).toEqual(times);
  });
});
