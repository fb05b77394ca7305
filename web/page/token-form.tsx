import { useState } from 'preact/hooks';
import type { Problem } from '../../src/server/schemas.ts';

/** Asks for the token that the server wants. */
export function TokenForm({ problem, onEnter }: { readonly problem: Problem | undefined; readonly onEnter: (token: string) => void }) {
  const [token, setToken] = useState('');
  const isSendable = /^[\w.~+/=-]+$/.test(token);
  return (
    <main class="token">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isSendable) onEnter(token);
        }}
      >
        <h2>This server wants a token</h2>
        <p>Whoever started it set EL4NER_TOKEN. This tab keeps the token until it is closed.</p>
        <label for="token">Token</label>
        <input
          id="token"
          type="password"
          autocomplete="off"
          value={token}
          onInput={({ currentTarget }) => setToken(currentTarget.value.trim())}
          aria-invalid={problem !== undefined}
          aria-describedby="token-problem"
        />
        <p id="token-problem" class="field-problem" role="alert">
          {problem !== undefined && 'The server did not accept this token.'}
          {token !== '' && !isSendable && 'A token has letters, digits and . _ ~ + / = - alone.'}
        </p>
        <button type="submit" class="primary" disabled={!isSendable}>
          Continue
        </button>
      </form>
    </main>
  );
}
