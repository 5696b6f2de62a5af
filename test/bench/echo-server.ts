/**
 * The smallest server that a hop can be measured against: answers every request with its own arguments, in one write for each
 * chunk that it reads. `--hold` answers nothing but `initialize`. `--tell PATH` connects to a socket, so that whoever listens
 * there sees the end of this process when the system does; a byte is written there for each request that it holds.
 */

import { connect } from 'node:net';

interface Request {
  readonly id?: number;
  readonly method: string;
  readonly params: { readonly arguments: unknown };
}

const options = process.argv.slice(2);
const holds = options.includes('--hold');
const watcher = options.includes('--tell') ? connect(options[options.indexOf('--tell') + 1]!) : undefined;

let rest = '';
process.stdin.setEncoding('utf8').on('data', (text: string) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop() ?? '';
  let answers = '';
  for (const line of lines) {
    const { id, method, params } = JSON.parse(line) as Request;
    if (id === undefined) continue;
    if (holds && method !== 'initialize') {
      watcher?.write('.');
      continue;
    }
    const result = method === 'initialize' ? agreement : { content: params.arguments };
    answers += `${JSON.stringify({ result, jsonrpc: '2.0', id })}\n`;
  }
  if (answers !== '') process.stdout.write(answers);
});
process.stdin.on('end', () => process.exit(0));
process.stdout.on('error', () => process.exit(0));

const agreement = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'echo', version: String(process.pid) },
};
