/** Lines of standard streams: the same wherever the stream is cut, no more kept than the limit allows, and one each when they go on. */

import { LineFramer } from '../../../src/protocol/lines.ts';
import { MessageGather, noteChunk } from '../../../src/transports/stdio-gather.ts';
import { encodeText } from '../../../src/protocol/text.ts';
import { fuzzCases, inPieces } from '../fuzz-case.ts';
import { type PureTarget, broken } from '../fuzz-target.ts';

const endsBytes = 4096;
const limits = [1, 5, 20, 4095, 4096, 4097, 20_000];

function heardFrom(chunks: readonly Uint8Array[], lineBytesMax: number): string {
  const framer = new LineFramer({ lineBytesMax });
  const heard: string[] = [];
  const told = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
  const onLine = (line: Uint8Array): void => void heard.push(`line ${told(line)}`);
  const onOversize = (line: { head: Uint8Array; tail: Uint8Array; totalBytes: number }): void =>
    void heard.push(`long ${line.totalBytes} ${told(line.head)} ${told(line.tail)}`);
  for (const chunk of chunks) {
    framer.push(chunk, onLine, onOversize);
    const kept = framer.bufferedBytes;
    if (kept > Math.max(lineBytesMax + 1, 2 * endsBytes + 1)) broken(`${kept} bytes are kept of one line`);
  }
  framer.end((rest) => void heard.push(`rest ${told(rest)}`), onOversize);
  if (framer.bufferedBytes !== 0) broken('something is kept behind the end');
  return heard.join('\n');
}

/** The contract in one breath: split, take one carriage return off, pass over what is blank, cut what is too long. */
function contract(bytes: Uint8Array, lineBytesMax: number): string {
  const pieces = Buffer.from(bytes).toString('latin1').split('\n');
  const heard = pieces.flatMap((piece, index) => {
    const line = piece.endsWith('\r') ? piece.slice(0, -1) : piece;
    if (line.length > lineBytesMax)
      return [`long ${line.length} ${line.slice(0, endsBytes)} ${line.slice(-endsBytes)}`];
    if (/^[ \t\r\n]*$/.test(line)) return [];
    return [`${index === pieces.length - 1 ? 'rest' : 'line'} ${line}`];
  });
  return heard.join('\n');
}

/** What a server is sent of the lines of a client: for every reader, whatever it takes for the end of a line, as many lines. */
function sentOn(chunks: readonly Uint8Array[]): void {
  const framer = new LineFramer({ lineBytesMax: 1e6 });
  const gather = new MessageGather();
  let messages = 0;
  const add = (line: Uint8Array): void => {
    messages++;
    gather.add([line]);
  };
  for (const chunk of chunks) {
    noteChunk(chunk);
    framer.push(chunk, add, () => {});
  }
  framer.end(add);
  const sent = Buffer.concat(gather.take()).toString('latin1');
  const heard = sent.split(/\r\n|[\r\n]/).length - 1;
  if (heard !== messages) broken(`${messages} messages are ${heard} lines to who ends lines at carriage returns`);
}

export const lines: PureTarget = {
  name: 'lines',
  kind: 'pure',
  law: 'lines are the same wherever their stream is cut, one that is too long is not kept, and each goes on as one',
  cases: fuzzCases(
    [
      encodeText('{"jsonrpc":"2.0","id":1,"method":"ping"}\n{"jsonrpc":"2.0","id":1,"result":{}}\r\n\n  \n'),
      encodeText(`${'x'.repeat(4096)}\n${'y'.repeat(4097)}\r\nz`),
      encodeText('a\nb\r\nc\r\r\n\r\rd'),
      new Uint8Array(),
    ],
    ['\n', '\r', '\r\n', '\n\n', ' ', 'a', '\u0000', 'ü', 'x'.repeat(19), 'y'.repeat(4096), 'z'.repeat(9000)],
  ),
  check: (fuzzCase) => {
    const lineBytesMax = limits[(fuzzCase.choices[0] ?? 0) % limits.length]!;
    const expected = contract(fuzzCase.bytes, lineBytesMax);
    if (heardFrom([fuzzCase.bytes], lineBytesMax) !== expected) broken('in one piece the lines are others');
    if (heardFrom(inPieces(fuzzCase), lineBytesMax) !== expected) broken('cut in pieces the lines are others');
    sentOn(inPieces(fuzzCase));
    sentOn([fuzzCase.bytes.slice()]);
  },
};
