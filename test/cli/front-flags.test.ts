import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { type FrontFlags, addFrontFlags, frontTuningOf } from '../../src/cli/front-flags.ts';

function parsed(front: 'http' | 'ws', words: readonly string[]): FrontFlags {
  const command = addFrontFlags(new Command('front').exitOverride().configureOutput({ writeErr: () => {} }), front);
  return command.parse(words, { from: 'user' }).opts<FrontFlags>();
}

describe('the connections and streams of a front', () => {
  test('are as usual where nothing is said', () => {
    expect(frontTuningOf(parsed('http', []))).toEqual({ limits: {}, times: {} });
  });

  test('have the limits and times that are said, by the name of each', () => {
    const words = ['--connections-max', '5', '--replay-bytes-max', '1000', '--heartbeat-ms', '2000'];
    expect(frontTuningOf(parsed('http', words))).toEqual({
      limits: { connectionsMax: 5, replayBytesMax: 1000 },
      times: { heartbeatMs: 2000 },
    });
  });

  test.each(['0', '1.5', 'many'])('have no limit of %s', (value) => {
    expect(() => parsed('http', ['--connections-max', value])).toThrow('It must be a whole number above 0.');
  });

  test('keep nothing on WebSocket for clients that come back', () => {
    expect(frontTuningOf(parsed('ws', ['--connections-max', '5'])).limits).toEqual({ connectionsMax: 5 });
    expect(() => parsed('ws', ['--replay-events-max', '5'])).toThrow("unknown option '--replay-events-max'");
  });

  test('say in the help what holds when nothing is said', () => {
    const help = addFrontFlags(new Command('front'), 'http').helpInformation();
    expect(help).toMatch(
      /Connections and streams:\n {2}--connections-max <n>[^]*\(default:\s+10000\)[^]*--patience-ms/,
    );
  });
});
