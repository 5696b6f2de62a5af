/** Tries a server as a proxy would: starts it, greets it, listens for its answer, and stops it with all that it has started. */

import type { Clock } from '../ports.ts';
import { readInitializeResult } from '../protocol/bodies.ts';
import { ownMessage } from '../session/effects.ts';
import { defaultLimits } from '../session/limits.ts';
import { type ServerExit, spawnServer } from '../transports/child-process.ts';
import { codeOfSignal } from './exit-codes.ts';
import { type Finding, ok, problem, warning } from './doctor-finding.ts';

/** How long a server may take to answer: what npx fetches first takes its time. */
const answerMsMax = 60_000;

/** Who ends when the input ends, which a client tells it by, has ended by then. */
const politeStopMs = 1_900;

const check = 'server';
const greetingId = 'ninelives-doctor';

const greeting = JSON.stringify({
  jsonrpc: '2.0',
  id: greetingId,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'ninelives-doctor', version: '1' } },
});

type Answer =
  | { readonly kind: 'answered'; readonly line: Uint8Array; readonly message: object }
  | { readonly kind: 'exited'; readonly exit: ServerExit }
  | { readonly kind: 'silent' };

/** Resolves when the server is gone. */
export async function tryServer(
  [command = '', ...args]: readonly string[],
  clock: Clock,
  withinMs = answerMsMax,
): Promise<readonly Finding[]> {
  const startedAt = clock.now();
  let noiseLines = 0;
  let answered = (_answer: Answer): void => {};
  const answer = new Promise<Answer>((resolve) => {
    answered = resolve;
  });
  const server = spawnServer({
    command,
    args,
    clock,
    lineBytesMax: defaultLimits.frameBytesMax,
    onReady: () => {},
    onMessage: (line) => {
      const message = messageIn(line);
      if (message === undefined) noiseLines += 1;
      else if ('id' in message && message.id === greetingId) answered({ kind: 'answered', line, message });
    },
    onOversize: () => {
      noiseLines += 1;
    },
    onPartial: () => {},
    onDrained: () => {},
    onWriteFailed: () => {},
    onStderr: () => {},
    onExit: (exit) => answered({ kind: 'exited', exit }),
  });
  const timer = clock.setTimeout(() => answered({ kind: 'silent' }), withinMs);
  // Whoever interrupts us leaves nothing behind.
  const leave = (signal: NodeJS.Signals): void => {
    server.kill();
    process.exit(codeOfSignal(signal));
  };
  process.on('SIGINT', leave).on('SIGTERM', leave);
  const bytes = Buffer.from(greeting);
  server.write([bytes], ownMessage('client-to-server', bytes, 'request', undefined, 0));
  const given = await answer;
  const tookMs = clock.now() - startedAt;
  clock.clearTimeout(timer);
  const stopAt = clock.now();
  await server.stop();
  const stopMs = clock.now() - stopAt;
  process.off('SIGINT', leave).off('SIGTERM', leave);
  return [
    aboutAnswer(given, command, tookMs, withinMs),
    ...aboutNoise(noiseLines),
    ...(given.kind === 'exited' ? [] : aboutStop(stopMs)),
  ];
}

function messageIn(line: Uint8Array): object | undefined {
  try {
    const message: unknown = JSON.parse(Buffer.from(line).toString());
    return typeof message === 'object' && message !== null && 'jsonrpc' in message ? message : undefined;
  } catch {
    return undefined;
  }
}

function aboutAnswer(given: Answer, command: string, tookMs: number, withinMs: number): Finding {
  switch (given.kind) {
    case 'answered': {
      const took = `in ${Math.round(tookMs)} ms`;
      const result = 'result' in given.message ? readInitializeResult(given.line) : undefined;
      if (result === undefined) {
        return warning(
          check,
          `${command} answers ${took}, and refuses the handshake`,
          'that is right for a server that speaks 2026-07-28 alone; any other is to be asked why',
        );
      }
      const { name: said, version } = result.serverInfo;
      const name = [said ?? 'a server without a name', ...(version === undefined ? [] : [version])].join(' ');
      return ok(check, `${name} shakes hands ${took}, and speaks ${result.protocolVersion}`);
    }
    case 'exited':
      return aboutExit(given.exit, command);
    case 'silent':
      return problem(
        check,
        `${command} runs, and does not answer initialize within ${withinMs / 1000} s`,
        'is it a server for standard input and output? Some want a word for that, such as "stdio"',
      );
  }
}

function aboutExit({ spawnError, code, signal, lastStderr }: ServerExit, command: string): Finding {
  switch (spawnError?.kind) {
    case 'not-found':
      return problem(check, `${command} was not found`, 'install it, or say its whole path');
    case 'not-executable':
      return problem(check, `${command} cannot be executed`, 'chmod +x it, or put its interpreter in front of it');
    case undefined:
      return problem(
        check,
        `${command} ended with ${signal ?? `code ${code}`} before it answered`,
        lastStderr.length === 0
          ? 'it said nothing on standard error: run it by hand'
          : `it said: ${lastStderr.slice(-3).join(' / ')}`,
      );
    case 'no-such-directory':
    case 'no-resources':
    case 'failed':
      return problem(check, `${command} cannot be started: ${spawnError.message}`, 'run it by hand');
  }
}

function aboutNoise(lines: number): readonly Finding[] {
  if (lines === 0) return [];
  const what = lines === 1 ? 'a line that is no message' : `${lines} lines that are no messages`;
  return [
    warning(
      check,
      `it wrote ${what} to its standard output`,
      'its logs belong on standard error: clients stumble over them',
    ),
  ];
}

function aboutStop(ms: number): readonly Finding[] {
  if (ms <= politeStopMs) return [];
  return [
    warning(
      check,
      `it did not end when its input ended, and had to be stopped by a signal after ${(ms / 1000).toFixed(1)} s`,
      'a client that sends no signal leaves it behind; ninelives does not',
    ),
  ];
}
