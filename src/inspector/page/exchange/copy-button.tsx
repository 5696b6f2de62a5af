/** Copies a text, and says so for a moment. */

import { useEffect, useState } from 'preact/hooks';

export interface CopyButtonProps {
  readonly label: string;
  readonly title?: string;
  /** Undefined: there is nothing to copy. */
  readonly text: (() => string) | undefined;
}

const shownMs = 1_500;

export function CopyButton({ label, title, text }: CopyButtonProps) {
  const [said, say] = useState<string | undefined>(undefined);
  useEffect(() => {
    if (said === undefined) return undefined;
    const timer = setTimeout(() => say(undefined), shownMs);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <button
      type="button"
      disabled={text === undefined}
      title={title}
      onClick={() => {
        if (text === undefined) return;
        navigator.clipboard.writeText(text()).then(
          () => say('Copied'),
          () => say('Not allowed'),
        );
      }}
    >
      <span aria-live="polite">{said ?? label}</span>
    </button>
  );
}
