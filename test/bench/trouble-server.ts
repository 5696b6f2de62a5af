/**
 * A server on standard streams that makes trouble when it is asked to. Tools, by what is wrong with them: `never` does not
 * answer, `long` answers with so many bytes, `garbage` writes so many bytes that are no message before it answers, `torrent`
 * sends so many notifications of so many bytes before it does, `deaf` reads nothing from then on. `echo` is as harmless as
 * elsewhere, and a ping is told how many calls are without an answer.
 */

import { agreement, contentOf } from './exchange.ts';

interface Request {
  readonly id?: number | string;
  readonly method: string;
  readonly params?: {
    readonly name: string;
    readonly arguments: { readonly bytes?: number; readonly count?: number };
  };
}

const lookMs = 200;
const parent = process.ppid;
let held = 0;
let pieces: string[] = [];
process.stdin.setEncoding('utf8').on('data', (text: string) => {
  const lines = [...pieces, text].join('').split('\n');
  pieces = [lines.pop()!];
  for (const line of lines) serve(JSON.parse(line) as Request);
});
process.stdin.on('end', () => process.exit(0));
process.stdout.on('error', () => process.exit(0));

function serve({ id, method, params }: Request): void {
  if (id === undefined) return;
  const answer = (result: string): void => write(`{"result":${result},"jsonrpc":"2.0","id":${JSON.stringify(id)}}`);
  if (method === 'initialize') {
    answer(JSON.stringify(agreement));
    return;
  }
  if (method === 'ping') {
    answer(JSON.stringify({ held }));
    return;
  }
  const { bytes = 0, count = 0 } = params?.arguments ?? {};
  switch (params?.name ?? '') {
    case 'never':
      held += 1;
      return;
    case 'deaf':
      process.stdin.pause();
      // It will not see the end of its input: what it can see is that whoever started it is gone.
      setInterval(() => {
        if (process.ppid !== parent) process.exit(0);
      }, lookMs);
      return;
    case 'long':
      answer(contentOf('x'.repeat(bytes)));
      return;
    case 'garbage':
      write('x'.repeat(bytes));
      break;
    case 'torrent': {
      const notification = JSON.stringify({
        method: 'notifications/message',
        params: { level: 'info', data: 'x'.repeat(bytes) },
        jsonrpc: '2.0',
      });
      for (let sent = 0; sent < count; sent += 1) write(notification);
      break;
    }
  }
  answer(JSON.stringify(params?.arguments ?? {}));
}

/** Waits for the reader, as Node does with pipes. */
function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
