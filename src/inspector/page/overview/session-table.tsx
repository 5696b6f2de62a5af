/** The table of sessions: of a thousand rows only those in sight are drawn. Moved through by keys as well as by hand. */

import { useEffect, useRef } from 'preact/hooks';
import { hrefOf } from '../routes.ts';
import { LongList } from '../parts/long-list.tsx';
import { nowMs } from '../parts/seconds.ts';
import { StateName } from '../parts/state-name.tsx';
import { scrolledTo } from '../parts/window-of-rows.ts';
import { isTyping } from '../shell/keys.ts';
import { go } from '../shell/route.ts';
import { type Column, columns, pressed } from './columns.ts';
import { chosenKey, sorting } from './overview-state.ts';
import type { SessionLine } from './session-line.ts';

/** As --row says. */
const rowHeight = 26;
const headHeight = 28;

export function SessionTable({ lines }: { readonly lines: readonly SessionLine[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useRef(lines);
  shown.current = lines;

  useEffect(() => {
    const move = (to: number): void => {
      const row = Math.max(0, Math.min(shown.current.length - 1, to));
      chosenKey.value = shown.current[row]?.key;
      const element = scroller.current;
      if (element === null) return;
      element.scrollTop = scrolledTo(row, rowHeight, element.scrollTop, element.clientHeight - headHeight);
    };
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector('dialog[open]') !== null) return;
      const at = shown.current.findIndex(({ key }) => key === chosenKey.value);
      const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
      const step = stepOf(event.key, page);
      if (step !== undefined) move(at < 0 ? 0 : at + step);
      else if (event.key === 'Home') move(0);
      else if (event.key === 'End') move(shown.current.length - 1);
      else if (event.key === 'Enter' && !isPressable(event)) open(shown.current[at]);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  const now = nowMs.value;
  const chosen = chosenKey.value;
  return (
    <div
      ref={scroller}
      class="sessions"
      role="grid"
      aria-label="Sessions"
      aria-rowcount={lines.length + 1}
      tabIndex={0}
      aria-activedescendant={lines.some(({ key }) => key === chosen) ? 'chosen-session' : undefined}
    >
      <div role="row" aria-rowindex={1} class="line head">
        {columns.map((column) => (
          <Title key={column.name} column={column} />
        ))}
      </div>
      <LongList
        rows={lines.length}
        rowHeight={rowHeight}
        headHeight={headHeight}
        scroller={scroller}
        drawn={(index) => {
          const line = lines[index]!;
          return <Line key={line.key} line={line} index={index} isChosen={line.key === chosen} now={now} />;
        }}
      />
    </div>
  );
}

function stepOf(key: string, page: number): number | undefined {
  switch (key) {
    case 'j':
    case 'ArrowDown':
      return 1;
    case 'k':
    case 'ArrowUp':
      return -1;
    case 'PageDown':
      return page;
    case 'PageUp':
      return -page;
    default:
      return undefined;
  }
}

/** What does something of its own on Enter. */
function isPressable({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && target.matches('a, button');
}

function open(line: SessionLine | undefined): void {
  if (line !== undefined) go({ view: 'session', pid: line.process.pid, sessionId: line.row.id });
}

function Title({ column }: { readonly column: Column }) {
  const { name, title } = column;
  const now = sorting.value;
  const order = now?.column !== name ? undefined : now.isDescending ? 'descending' : 'ascending';
  return (
    <span role="columnheader" class={classOf(column)} aria-sort={order}>
      <button
        type="button"
        class="plain"
        onClick={() => {
          sorting.value = pressed(now, name);
        }}
      >
        {title}
        <span aria-hidden="true">{order === undefined ? '' : order === 'ascending' ? ' ↑' : ' ↓'}</span>
      </button>
    </span>
  );
}

interface LineProps {
  readonly line: SessionLine;
  readonly index: number;
  readonly isChosen: boolean;
  readonly now: number;
}

function Line({ line, index, isChosen, now }: LineProps) {
  return (
    <div
      role="row"
      id={isChosen ? 'chosen-session' : undefined}
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      class={isChosen ? 'line chosen' : 'line'}
      onClick={() => {
        chosenKey.value = line.key;
      }}
      onDblClick={() => open(line)}
    >
      {columns.map((column) => (
        <span role="gridcell" key={column.name} class={classOf(column)} title={titleOf(column, line)}>
          <Cell column={column} line={line} now={now} />
        </span>
      ))}
    </div>
  );
}

function classOf({ name, isNumber, isWide }: Column): string {
  return `col-${name}${isNumber ? ' number' : ''}${isWide === true ? ' wide' : ''}`;
}

function titleOf(column: Column, line: SessionLine): string | undefined {
  if (column.isNumber) return undefined;
  return column.name === 'process' ? `${line.process.command}: ${line.process.server}` : column.text(line, 0);
}

function Cell({ column, line, now }: { readonly column: Column; readonly line: SessionLine; readonly now: number }) {
  const { process, row } = line;
  switch (column.name) {
    case 'session':
      return (
        <a class="mono" tabIndex={-1} href={hrefOf({ view: 'session', pid: process.pid, sessionId: row.id })}>
          {row.id}
        </a>
      );
    case 'state':
      return <StateName state={row.state} />;
    case 'tags':
      return (
        <>
          {row.held > 0 && <span class="badge held">held {row.held}</span>}
          {row.tags.map((tag) => (
            <span class="badge" key={tag}>
              {tag}
            </span>
          ))}
        </>
      );
    case 'errors':
      return <span class={row.errors > 0 ? 'bad' : 'zero'}>{row.errors}</span>;
    case 'pending':
      return <span class={row.pending > 0 ? '' : 'zero'}>{row.pending}</span>;
    default:
      return <>{column.text(line, now)}</>;
  }
}
