/** docs/reference/methods.md: the one table of methods, by revision. */

import { knownMethods, methodRow } from '../../src/protocol/methods.ts';
import { type Revision, revisionRow, revisions } from '../../src/protocol/revisions.ts';
import { code, generatedFrom, table } from './markdown.ts';

export function methodsPage(): string {
  return [
    generatedFrom('src/protocol/methods.ts', 'src/protocol/revisions.ts'),
    '# Methods',
    `Who sends what in which revision: \`c\` the client, \`s\` the server. The table is for counting and for deadlines. A message that
it does not have, or not for its sender, is passed on and [counted](counters.md): real peers send more than the text allows.`,
    table(
      ['method', 'kind', ...revisions],
      knownMethods.map((method) => {
        const row = methodRow(method)!;
        return [code(method), row.kind, ...revisions.map((revision) => senders(row, revision))];
      }),
    ),
    '## Revisions',
    table(
      ['revision', 'era', 'handshake', 'batches', 'servers ask their clients'],
      revisions.map((revision) => {
        const { era, hasHandshake, allowsBatches, serverMayRequest } = revisionRow(revision)!;
        return [revision, era, yes(hasHandshake), yes(allowsBatches), yes(serverMayRequest)];
      }),
    ),
    `A request of the modern era carries its revision in \`params._meta\`, and opens its session by itself. Ninelives passes both
eras and translates neither into the other.`,
  ].join('\n\n');
}

function senders(
  row: { readonly fromClient: readonly Revision[]; readonly fromServer: readonly Revision[] },
  revision: Revision,
): string {
  return [row.fromClient.includes(revision) ? 'c' : '', row.fromServer.includes(revision) ? 's' : '']
    .filter((sender) => sender !== '')
    .join(', ');
}

function yes(is: boolean): string {
  return is ? 'yes' : 'no';
}
