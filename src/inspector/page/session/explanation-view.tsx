/** Why a session is where it is, in the words of `explain`. */

/** @param isLater the session is shown at an earlier moment than the one that is explained. */
export function ExplanationView({
  lines,
  isLater = false,
}: {
  readonly lines: readonly string[];
  readonly isLater?: boolean;
}) {
  return (
    <section class={isLater ? 'explanation later' : 'explanation'} aria-label="Explanation">
      <h2>Why {isLater && <span class="dim">(as it is now)</span>}</h2>
      {lines.map((line, position) => (
        <p key={position} style={{ paddingLeft: `${line.length - line.trimStart().length}ch` }}>
          {line.trimStart()}
        </p>
      ))}
    </section>
  );
}
