/** Messages at and over the limit of 10 MiB, in both directions: the one request is told, everything else goes on. */

import { call, textIn, told } from './client.ts';
import { type Fault, type Theme, everywhere } from './fault.ts';
import { type Way, httpFronts, ways } from './ways.ts';

const megabyte = 1_000_000;
const mebibyte = 1024 * 1024;

/** What reads lines from a child, and what reads the responses of a server. */
const readers: readonly Way[] = ['stdio to stdio', 'http to http'];

/** Many megabytes, on all ways, are for `npm run faults`: these two have every reader of the five. */
const long = (bytes: number): readonly Way[] =>
  bytes < 5 * megabyte ? [] : ways.filter((way) => !readers.includes(way));

/** The server answers with so many characters. */
function response(name: string, bytes: number, verdicts: Fault['verdicts'], args: object = {}): Fault {
  return {
    name,
    verdicts,
    long: long(bytes),
    run: async (stage) => {
      const answer = await call(await stage.session(), 'big', { bytes, ...args });
      return answer.message?.result === undefined ? told(answer) : sized('result', textIn(answer).length, bytes);
    },
  };
}

/** The client calls with so many characters. */
function request(name: string, bytes: number, verdicts: Fault['verdicts']): Fault {
  return {
    name,
    verdicts,
    // A WebSocket is read by something else again.
    long: long(bytes).filter((way) => bytes > 12 * mebibyte || way !== 'ws to stdio'),
    run: async (stage) => {
      const answer = await call(await stage.session(), 'echo', { text: 'x'.repeat(bytes) });
      return answer.message?.result === undefined ? told(answer) : sized('result', textIn(answer).length, bytes);
    },
  };
}

const sized = (said: string, bytes: number, wanted: number): string =>
  bytes === wanted ? said : `${said} of ${bytes} bytes`;

const tooLarge = {
  ...everywhere('4130 FRAME_TOO_LARGE'),
  ...everywhere('HTTP 413, 4130 FRAME_TOO_LARGE', httpFronts),
};

/** Nothing was wrong with the request. */
const answerTooLarge = { ...tooLarge, ...everywhere('HTTP 502, 4130 FRAME_TOO_LARGE', httpFronts) };

const faults: readonly Fault[] = [
  response('an answer of 1 MB', megabyte, everywhere('result')),
  response('an answer of 9 MB', 9 * megabyte, everywhere('result')),
  response('an answer of 12 MB', 12 * mebibyte, answerTooLarge),
  response('an answer of 12 MB whose id comes last', 12 * mebibyte, answerTooLarge, { idLast: true }),
  response('an answer of 40 MB', 40 * mebibyte, answerTooLarge),
  request('a request of 200 KB', 200_000, everywhere('result')),
  request('a request of 5 MB', 5 * megabyte, everywhere('result')),
  request('a request of 12 MB', 12 * mebibyte, tooLarge),
  request('a request of 20 MB', 20 * megabyte, tooLarge),
];

export const sizes: Theme = { name: 'sizes', faults };
