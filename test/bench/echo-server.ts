/**
 * The smallest server that a hop can be measured against: answers every request with its own arguments, in one write for each
 * chunk that it reads. A call of `delay` is answered after 10 ms, and before the answer to a call of `burst` come 1000
 * notifications, in one write with it. `--hold` answers nothing but `initialize`. `--tell PATH` connects to a socket, so that
 * whoever listens there sees the end of this process when the system does; a byte is written there for each request that it
 * holds.
 */

import { connect } from 'node:net';
import { agreement, answerTo, burstNotification, burstNotifications, delayMs } from './exchange.ts';

interface Request {
  readonly id?: number;
  readonly method: string;
  readonly params: { readonly name: string; readonly arguments: unknown };
}

const options = process.argv.slice(2);
const holds = options.includes('--hold');
const watcher = options.includes('--tell') ? connect(options[options.indexOf('--tell') + 1]!) : undefined;
const burst = `${burstNotification}\n`.repeat(burstNotifications);

let pieces: string[] = [];
process.stdin.setEncoding('utf8').on('data', (text: string) => {
  if (!text.includes('\n')) {
    pieces.push(text);
    return;
  }
  const lines = [...pieces, text].join('').split('\n');
  pieces = [lines.pop()!];
  const answers = lines.map(answersTo).join('');
  if (answers !== '') process.stdout.write(answers);
});
process.stdin.on('end', () => process.exit(0));
process.stdout.on('error', () => process.exit(0));

/** What to write at once. */
function answersTo(line: string): string {
  const quick = answerTo(line);
  if (quick !== undefined) return `${quick}\n`;
  const { id, method, params } = JSON.parse(line) as Request;
  if (id === undefined) return '';
  if (method === 'initialize') return `${JSON.stringify({ result: agreement, jsonrpc: '2.0', id })}\n`;
  if (holds) {
    watcher?.write('.');
    return '';
  }
  const answer = `${JSON.stringify({ result: params.arguments, jsonrpc: '2.0', id })}\n`;
  if (params.name === 'burst') return burst + answer;
  if (params.name !== 'delay') return answer;
  setTimeout(() => process.stdout.write(answer), delayMs);
  return '';
}
