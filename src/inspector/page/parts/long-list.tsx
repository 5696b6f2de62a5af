/** A list of rows of one height, of which only those in sight are there. Knows nothing of what is in a row. */

import type { ComponentChildren, RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { windowOfRows } from './window-of-rows.ts';

export interface LongListProps {
  readonly rows: number;
  /** In pixels. */
  readonly rowHeight: number;
  /** What scrolls. */
  readonly scroller: RefObject<HTMLElement | null>;
  /** What of its height is covered by a head that stays. */
  readonly headHeight?: number;
  readonly drawn: (row: number) => ComponentChildren;
}

export function LongList({ rows, rowHeight, scroller, headHeight = 0, drawn }: LongListProps) {
  const [sight, setSight] = useState({ scrollTop: 0, height: 800 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const look = (): void => setSight({ scrollTop: element.scrollTop, height: element.clientHeight - headHeight });
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [scroller, headHeight]);
  const { first, end } = windowOfRows(rows, rowHeight, sight.scrollTop, sight.height);
  const parts: ComponentChildren[] = [];
  for (let row = first; row < end; row++) parts.push(drawn(row));
  return (
    <div role="presentation" class="long-list" style={{ height: `${rows * rowHeight}px` }}>
      <div role="presentation" style={{ transform: `translateY(${first * rowHeight}px)` }}>
        {parts}
      </div>
    </div>
  );
}
