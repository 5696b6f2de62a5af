/** The tapes that the page brings along: those that the tests of this project hold every release to. */

import http from '../../test/fixtures/tapes/http.tape.jsonl?url';
import killed from '../../test/fixtures/tapes/killed.tape.jsonl?url';
import recovery from '../../test/fixtures/tapes/recovery.tape.jsonl?url';
import rules from '../../test/fixtures/tapes/rules.tape.jsonl?url';
import stdio from '../../test/fixtures/tapes/stdio.tape.jsonl?url';

export interface Sample {
  readonly name: string;
  readonly says: string;
  readonly url: string;
}

export const samples: readonly Sample[] = [
  { name: 'recovery', says: 'A server that dies in the middle of a call, and comes back', url: recovery },
  { name: 'stdio', says: 'A client and a server over standard streams', url: stdio },
  { name: 'http', says: 'The same over HTTP', url: http },
  { name: 'rules', says: 'Rules that answer, block and delay', url: rules },
  { name: 'killed', says: 'A tape that ends where its proxy was killed', url: killed },
];
