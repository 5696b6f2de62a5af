/**
 * The sequence diagram of a session, live or up to an earlier event. Draws the lines that are in view alone, and stays at the end
 * while somebody is there.
 */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { activationsOf } from './activation.ts';
import type { Exchange } from './exchanges.ts';
import { TimelineRow, passing, rowHeightPx } from './timeline-row.tsx';
import type { TimelineLine } from './timeline.ts';

/** Lines above and below the view that are drawn as well, so that a turn of the wheel shows no gap. */
const spareRows = 8;

export interface TimelineViewProps {
  readonly lines: readonly TimelineLine[];
  readonly cursorSeq: number;
  /** The event that is shown beside the diagram. */
  readonly openedSeq: number | undefined;
  readonly isLive: boolean;
  /** What is said where there is no line. */
  readonly empty: string;
  readonly startedAt: number;
  readonly epochOffset: number;
  readonly now: number;
  readonly hrefOf: (seq: number) => string;
  readonly choose: (seq: number) => void;
  readonly openEvent: (seq: number) => void;
}

export function TimelineView(props: TimelineViewProps) {
  const { lines, cursorSeq, openedSeq, isLive, empty, choose, openEvent } = props;
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const [view, setView] = useState({ top: 0, height: 600 });
  const activations = useMemo(() => activationsOf(lines), [lines]);
  const chosen = isLive ? -1 : lines.findLastIndex(({ seq }) => seq <= cursorSeq);
  const opened = openedSeq === undefined ? -1 : lines.findIndex(({ seq }) => seq === openedSeq);
  const related = exchangeOf(lines[opened < 0 ? chosen : opened]);

  useEffect(() => {
    const element = box.current!;
    const look = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    // Keys work at once, unless somebody is elsewhere already.
    if (document.activeElement === document.body) element.focus({ preventScroll: true });
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = box.current!;
    if (isLive && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [lines, isLive]);

  const inFocus = opened < 0 ? chosen : opened;
  useLayoutEffect(() => {
    if (inFocus < 0) return;
    const element = box.current!;
    const top = inFocus * rowHeightPx;
    if (top < element.scrollTop + rowHeightPx) element.scrollTop = top - rowHeightPx;
    else if (top + 2 * rowHeightPx > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + 2 * rowHeightPx - element.clientHeight;
    }
  }, [inFocus, view.height]);

  const onScroll = (): void => {
    const element = box.current!;
    isAtEnd.current = element.scrollTop + element.clientHeight >= element.scrollHeight - rowHeightPx;
    setView({ top: element.scrollTop, height: element.clientHeight });
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = lines[(chosen < 0 ? lines.length : chosen) + step];
      if (next !== undefined) choose(next.seq);
    } else if (event.key === 'Enter' && chosen >= 0) openEvent(cursorSeq);
  };

  const first = Math.max(0, Math.floor(view.top / rowHeightPx) - spareRows);
  const after = Math.min(lines.length, Math.ceil((view.top + view.height) / rowHeightPx) + spareRows);
  return (
    <section class="timeline" aria-label="Timeline">
      <div class="step timeline-head" aria-hidden="true">
        <div class="line-time dim">time</div>
        <div class="line-lanes">
          <span class="head-client">client</span>
          <span class="head-proxy">ninelives</span>
          <span class="head-server">server</span>
        </div>
        <div class="line-words" />
      </div>
      <div
        class="timeline-box"
        role="grid"
        aria-label="Sequence of messages"
        aria-rowcount={lines.length}
        aria-activedescendant={chosen < 0 ? undefined : `line-${chosen}`}
        tabIndex={0}
        ref={box}
        onScroll={onScroll}
        onKeyDown={onKey}
      >
        {lines.length === 0 ? (
          <p class="dim timeline-empty">{empty}</p>
        ) : (
          <div class="timeline-all" role="rowgroup" style={{ height: `${lines.length * rowHeightPx}px` }}>
            {lines.slice(first, after).map((line, offset) => {
              const index = first + offset;
              const own = exchangeOf(line);
              return (
                <TimelineRow
                  key={`${line.seq} ${line.type} ${own?.seq ?? ''}`}
                  {...props}
                  line={line}
                  index={index}
                  activations={passing(activations, index)}
                  isChosen={index === chosen}
                  isOpened={index === opened}
                  isRelated={related !== undefined && own === related}
                />
              );
            })}
          </div>
        )}
      </div>
    </section>
  );
}

function exchangeOf(line: TimelineLine | undefined): Exchange | undefined {
  return line?.type === 'message' || line?.type === 'answer' ? line.exchange : undefined;
}
