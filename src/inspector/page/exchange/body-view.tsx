/** A body: as JSON in lines, or as the text that it is. Of megabytes only what is in sight is drawn. */

import { useMemo, useRef, useState } from 'preact/hooks';
import { LongList } from '../parts/long-list.tsx';
import { depthOfLine, jsonLines, partsOfLine } from './json-lines.ts';
import { rawLine, rawLines } from './raw-lines.ts';
import type { WholeBody } from './read-whole.ts';

const rowHeight = 19;
const rawCharacters = 120;
const indentCharacters = 2;

const tabs = ['JSON', 'Raw', 'Headers'] as const;

type Tab = (typeof tabs)[number];

export function BodyView({ body }: { readonly body: WholeBody }) {
  const { text, characters, headers } = body;
  const isJson = useMemo(() => isJsonText(text), [text]);
  const [chosen, choose] = useState<Tab>('JSON');
  const offered = tabs.filter((tab) => (tab === 'Headers' ? headers !== undefined : tab === 'Raw' || isJson));
  const tab = offered.includes(chosen) ? chosen : 'Raw';
  return (
    <section class="body" aria-label="Body">
      <div role="tablist" class="tabs">
        {offered.map((name) => (
          <button key={name} type="button" role="tab" aria-selected={tab === name} onClick={() => choose(name)}>
            {name}
          </button>
        ))}
        <span class="dim">
          {characters} characters
          {text.length < characters && `, of which the first ${text.length} are here`}
          {!isJson && text !== '' && ', no JSON'}
        </span>
      </div>
      {tab === 'JSON' && <JsonView key={text} text={text} />}
      {tab === 'Raw' && <RawView key={text} text={text} />}
      {tab === 'Headers' && <Headers headers={headers ?? []} />}
    </section>
  );
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function JsonView({ text }: { readonly text: string }) {
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => jsonLines(text), [text]);
  return (
    <div ref={scroller} class="text" role="tabpanel" aria-label="JSON" tabIndex={0}>
      <LongList
        rows={lines.count}
        rowHeight={rowHeight}
        scroller={scroller}
        drawn={(row) => (
          <div key={row} class="code" style={{ paddingLeft: `${depthOfLine(lines, row) * indentCharacters}ch` }}>
            {partsOfLine(lines, row).map(({ kind, text: part }, index) => (
              <span key={index} class={`json-${kind}`}>
                {part}
              </span>
            ))}
          </div>
        )}
      />
    </div>
  );
}

function RawView({ text }: { readonly text: string }) {
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => rawLines(text, rawCharacters), [text]);
  return (
    <div ref={scroller} class="text" role="tabpanel" aria-label="Raw" tabIndex={0}>
      <LongList
        rows={lines.starts.length - 1}
        rowHeight={rowHeight}
        scroller={scroller}
        drawn={(row) => (
          <div key={row} class="code">
            {rawLine(lines, row)}
          </div>
        )}
      />
    </div>
  );
}

function Headers({ headers }: { readonly headers: NonNullable<WholeBody['headers']> }) {
  return (
    <div class="text" role="tabpanel" aria-label="Headers" tabIndex={0}>
      <dl class="headers">
        {headers.map(([name, value], index) => (
          <div key={index}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
