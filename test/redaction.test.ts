import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeText } from '../src/protocol/text.ts';
import { Redaction, isSecretName, mayHoldSecret, redactText, redacted } from '../src/redaction.ts';

const all = new Redaction();

describe('a name', () => {
  test.each([
    'password',
    'Authorization',
    'X-API-Key',
    'api_key',
    'apiKey',
    'access_token',
    'refreshToken',
    'client-secret',
    'Set-Cookie',
    'privateKey',
    'DB_PASSWORD',
    'pwd',
    'AWS_SECRET_ACCESS_KEY',
    'Proxy-Authorization',
  ])('%s is that of a secret', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  test.each([
    'progressToken',
    'maxTokens',
    'name',
    'passenger',
    'tokens',
    'key',
    'author',
    'nextPageToken',
    'pinned',
    'secretary',
    '',
  ])('%s is not', (name) => {
    expect(isSecretName(name)).toBe(false);
  });
});

describe('a value', () => {
  test('keeps everything but its secrets', () => {
    const call = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'login',
        arguments: { user: 'ada', password: 'hunter2', pin: 1234, remember: true },
        _meta: { progressToken: 7 },
      },
    };
    expect(all.value(call)).toEqual({
      ...call,
      params: { ...call.params, arguments: { user: 'ada', password: redacted, pin: redacted, remember: true } },
    });
    expect(call.params.arguments.password).toBe('hunter2');
  });

  test('hides whole objects and lists under the name of a secret', () => {
    expect(all.value({ credentials: { user: 'ada', words: ['a', 'b'] }, secret: null, token: '' })).toEqual({
      credentials: redacted,
      secret: null,
      token: '',
    });
  });

  test('hides the value of a pair that names a secret', () => {
    const env = [
      { name: 'API_KEY', value: 'abc' },
      { key: 'HOME', value: '/root' },
    ];
    expect(all.value({ env })).toEqual({ env: [{ name: 'API_KEY', value: redacted }, env[1]] });
  });

  test('shows the schema of a secret, and no value that stands in it', () => {
    const schema = { type: 'string', description: 'yours', default: 'hunter2', examples: ['hunter3'] };
    expect(all.value({ properties: { password: schema } })).toEqual({
      properties: { password: { type: 'string', description: 'yours', default: redacted, examples: redacted } },
    });
  });

  test('hides what lies under paths that were named', () => {
    const own = new Redaction({
      paths: [
        ['params', 'arguments', 'card'],
        ['result', 'content', '*', 'text'],
      ],
    });
    expect(
      own.value({
        params: { arguments: { card: { number: '4111' }, name: 'x' } },
        result: { content: [{ text: 'a' }, { text: 'b' }] },
      }),
    ).toEqual({
      params: { arguments: { card: redacted, name: 'x' } },
      result: { content: [{ text: redacted }, { text: redacted }] },
    });
  });
});

describe('a message', () => {
  const own = new Redaction({
    paths: [
      ['params', 'card'],
      ['result', '*', '0'],
    ],
  });

  test.each([
    ['{"params":{"card":1}}', '{"params":{"card":"[redacted]"}}'],
    ['{"params":{"\\u0063ard":1}}', '{"params":{"card":"[redacted]"}}'],
    ['{"result":{"x":[1,2]}}', '{"result":{"x":["[redacted]",2]}}'],
    ['{"params":{"password":"p"}}', '{"params":{"password":"[redacted]"}}'],
  ])('%s is hidden from', (text, hidden) => {
    expect(own.message(text)).toBe(hidden);
    expect(own.bytes(encodeText(text))).toBe(hidden);
  });

  test('in which nothing is to be hidden stays as it was spelled', () => {
    const text = '{"params": {"n": 1.0e3}}';
    expect([own.message(text), all.message(text)]).toEqual([text, text]);
    expect([own.bytes(encodeText(text)), all.bytes(encodeText(text))]).toEqual([undefined, undefined]);
  });
});

test('headers are hidden by their names, by the looks of their values, and where somebody says so', () => {
  const own = new Redaction({ headers: ['X-Account'] });
  const headers = [
    ['authorization', 'x'],
    ['x-account', '7'],
    ['x-note', 'Bearer abc.def-123'],
    ['accept', '*/*'],
  ] as const;
  expect(own.headers(headers)).toEqual([
    ['authorization', redacted],
    ['x-account', redacted],
    ['x-note', 'Bearer [redacted]'],
    ['accept', '*/*'],
  ]);
  expect(all.headers(headers)[1]).toEqual(['x-account', '7']);
});

describe('a text', () => {
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl';
  test.each([
    ['Authorization: Bearer abc.def-123', 'Authorization: Bearer [redacted]'],
    ['basic dXNlcjpwYXNz and so on', 'basic [redacted] and so on'],
    ['a basic understanding of bearer cheques', 'a basic understanding of bearer cheques'],
    ['use sk-proj-0123456789abcdef0123, please', 'use [redacted], please'],
    ['ghp_0123456789abcdefABCDEF0123456789abcd', '[redacted]'],
    ['AKIAIOSFODNN7EXAMPLE is the key', '[redacted] is the key'],
    [`it is ${jwt}.`, 'it is [redacted].'],
    ['postgres://ada:hunter2@db/x', 'postgres://[redacted]@db/x'],
    ['https://host/path?api_key=0123456&x=1', 'https://host/path?api_key=[redacted]&x=1'],
    ['{"password":"hunter2", broken', '{"password":"[redacted]", broken'],
    ['say \\"token\\": \\"abcdef\\"', 'say \\"token\\": \\"[redacted]\\"'],
    ['-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nafter', '[redacted]\nafter'],
    ['a\n-----BEGIN PRIVATE KEY-----\ncut off', 'a\n[redacted]'],
    ['no PRIVATE KEY----- here', 'no PRIVATE KEY----- here'],
  ])('%j is shown as %j', (text, shown) => {
    expect(redactText(text)).toBe(shown);
  });

  test('that is JSON stays JSON, and one that is none is shown as text', () => {
    expect(all.body('{"a":{"token":"x"},"b":[1,null]}')).toBe('{"a":{"token":"[redacted]"},"b":[1,null]}');
    expect(all.body('{"__proto__":{"token":"x"},"b":1}')).toBe('{"__proto__":{"token":"[redacted]"},"b":1}');
    expect(all.body('{"a":"Bearer 0123456789')).toBe('{"a":"Bearer [redacted]');
  });
});

test('headers show their names, and what proves who somebody is not', () => {
  const headers = [
    ['authorization', 'Bearer x'],
    ['cookie', 'a=b'],
    ['x-api-key', '1'],
    ['accept', 'text/html'],
  ] as const;
  expect(all.headers(headers)).toEqual([
    ['authorization', redacted],
    ['cookie', redacted],
    ['x-api-key', redacted],
    ['accept', 'text/html'],
  ]);
});

describe('planted secrets', () => {
  const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'.split('');
  const word = (min: number, max: number) =>
    fc.string({
      minLength: min,
      maxLength: max,
      unit: fc.constantFrom(...letters),
    });
  const known = fc.oneof(
    word(24, 40).map((text) => [`sk-${text}`, text] as const),
    word(36, 36).map((text) => [`ghp_${text}`, text] as const),
    word(25, 60).map((text) => [`Bearer ${text}`, text] as const),
    fc
      .tuple(word(8, 30), word(8, 30), word(8, 40))
      .map(([one, two, three]) => [`eyJ${one}.eyJ${two}.${three}`, two] as const),
    word(40, 80).map((text) => [`-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----`, text] as const),
    word(8, 20).map((text) => [`https://ada:${text}@example.com/`, text] as const),
  );
  const separators = fc.constantFrom('_', '-', '');
  const secretName = fc
    .tuple(
      fc.constantFrom('client', 'my', 'x', 'db', ''),
      separators,
      fc.constantFrom('password', 'api key', 'access token', 'secret', 'authorization', 'cookie'),
      fc.boolean(),
    )
    .map(([first, between, last, isLoud]) => {
      const name = `${first}${first === '' ? '' : between}${last.replace(' ', between)}`;
      return isLoud ? name.toUpperCase() : name;
    });
  const plain = fc.jsonValue({ maxDepth: 2 });

  test('are shown nowhere, whatever is around them, and what is shown is JSON', () => {
    fc.assert(
      fc.property(
        plain,
        plain,
        known,
        secretName,
        word(12, 20),
        fc.array(fc.constantFrom('list', 'object'), { maxLength: 4 }),
        (before, after, [written, secret], name, other, wraps) => {
          let message: unknown = { before, text: `see "${written}" there`, [name]: other, after };
          for (const wrap of wraps) message = wrap === 'list' ? [before, message] : { inner: message };
          const shown = all.body(JSON.stringify(message));
          expect(shown).not.toContain(secret);
          expect(shown).not.toContain(other);
          expect(JSON.parse(shown)).toBeDefined();
        },
      ),
      { numRuns: 300 },
    );
  });

  test('are found in time that grows with the text alone', () => {
    const pieces = [
      'eyJ-',
      'eyJa.',
      'Bearer ',
      '://',
      '://a:',
      'sk-',
      'PRIVATE KEY-----',
      '-----BEGIN ',
      'token',
      'token=',
      'a'.repeat(15),
      '-',
      'basic a',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 }), (parts) => {
        const piece = parts.join('');
        const began = performance.now();
        redactText(piece.repeat(Math.ceil(200_000 / piece.length)));
        expect(performance.now() - began).toBeLessThan(5000);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a text of which it is said that it holds no secret', () => {
  /** Pieces that secrets are made of, and pieces that they are not, in any order. */
  const piece = fc.oneof(
    fc.constantFrom(
      'api',
      '-',
      '_',
      ' ',
      'key',
      'KEY',
      'access',
      'private',
      'session',
      'connection',
      'string',
      'to',
      'ken',
    ),
    fc.constantFrom(
      'pass',
      'word',
      'wd',
      'phrase',
      'se',
      'cret',
      'cookie',
      'auth',
      'pin',
      'otp',
      'jwt',
      'credential',
      's',
      '=',
      ':',
    ),
    fc.constantFrom(
      'Bearer ',
      'Basic ',
      'eyJ',
      'sk-',
      'ghp_',
      'AKIA',
      'xoxb-',
      'https://a:b@c',
      '.',
      'abcdefgh12345678',
    ),
    fc.string({ maxLength: 5 }),
  );
  const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
  const message = fc.dictionary(text, fc.oneof(text, fc.integer(), fc.dictionary(text, text, { maxKeys: 2 })), {
    maxKeys: 3,
  });

  test('is shown as it is', () => {
    fc.assert(
      fc.property(message, (value) => {
        const spelled = JSON.stringify(value);
        if (!mayHoldSecret(encodeText(spelled))) expect(all.body(spelled)).toBe(spelled);
      }),
      { numRuns: 3000, examples: [[{ 'connection string': 'x' }], [{ 'priv ate key': 'y' }], [{ s_e_c_r_e_t: 'z' }]] },
    );
  });

  test('is most of what passes', () => {
    expect(mayHoldSecret(encodeText('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}}'))).toBe(
      false,
    );
    expect(mayHoldSecret(encodeText('{"password":"x"}'))).toBe(true);
    expect(mayHoldSecret(encodeText(String.raw`{"db":"postgres:\/\/me:swordfish@db"}`))).toBe(true);
  });
});
