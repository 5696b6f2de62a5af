/** What somebody sees who has brought no token, or a wrong one. */

import { useState } from 'preact/hooks';
import { tokenInText } from '../connection/token.ts';

export function TokenWanted({ useToken }: { readonly useToken: (token: string) => void }) {
  const [isWrong, setIsWrong] = useState(false);
  const take = (event: SubmitEvent): void => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem('token') as HTMLInputElement;
    const token = tokenInText(field.value);
    setIsWrong(token === undefined);
    if (token !== undefined) useToken(token);
  };
  return (
    <main class="blank">
      <h1>This page needs its token</h1>
      <p>
        The address that has brought you here has no token, or that of a process that is gone. This command opens the
        page with the right one:
      </p>
      <pre>ninelives open</pre>
      <p>Or paste the address that ninelives has printed, or the token alone:</p>
      <form onSubmit={take}>
        <input
          type="password"
          name="token"
          aria-label="Address or token"
          autocomplete="off"
          size={48}
          aria-invalid={isWrong}
          aria-describedby="token-problem"
        />{' '}
        <button type="submit" class="primary">
          Use it
        </button>
        <p id="token-problem" role="alert">
          {isWrong && 'There is no token in this.'}
        </p>
      </form>
    </main>
  );
}
