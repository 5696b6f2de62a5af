/** The box that filters the table: takes words at once, and conditions when CEL has been loaded. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { isTyping } from '../shell/keys.ts';
import { filterText } from './overview-state.ts';
import { type RowTest, askedBy } from './row-filter.ts';

export interface FilterBoxProps {
  /** What the box asks for now; undefined for every row. Not called while what stands in it cannot be read. */
  readonly onTest: (test: RowTest | undefined) => void;
}

export function FilterBox({ onTest }: FilterBoxProps) {
  const box = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const text = filterText.value;

  useEffect(() => {
    let isStale = false;
    const take = (test: RowTest | undefined): void => {
      setProblem(undefined);
      onTest(test);
    };
    const asked = askedBy(text);
    switch (asked.kind) {
      case 'all':
        take(undefined);
        break;
      case 'words':
        take(asked.test);
        break;
      case 'condition':
        void import('./cel-filter.ts').then(({ readCondition }) => {
          if (isStale) return;
          const read = readCondition(asked.text);
          if ('test' in read) take(read.test);
          else setProblem(read.problem);
        });
        break;
    }
    return () => {
      isStale = true;
    };
  }, [text, onTest]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '/' || isTyping(event) || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      box.current?.select();
      box.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  return (
    <div class="filter">
      <input
        ref={box}
        type="search"
        value={text}
        onInput={(event) => {
          filterText.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' && event.key !== 'Enter') return;
          if (event.key === 'Escape' && text !== '') filterText.value = '';
          else box.current?.blur();
          event.preventDefault();
        }}
        placeholder={'Filter: words, or CEL such as  pending > 0 && client == "Cursor"'}
        aria-label="Filter"
        aria-invalid={problem !== undefined}
        aria-describedby="filter-problem"
        spellcheck={false}
        autocomplete="off"
      />
      <p id="filter-problem" class="problem" role="status">
        {problem}
      </p>
    </div>
  );
}
