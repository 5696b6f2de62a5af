import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type DoorOptions, doorPolicy, doorProblem } from '../../src/transports/door.ts';

const onLoopback: DoorOptions = { listenHost: '127.0.0.1' };
const inside = 'comes in';
const noHost = 'The Host header of the request is no host';
const oneHost = 'A request says in one Host header for whom it is';
const noOrigin = 'The Origin header of the request is no origin';
const strangeHost = (name: string) => `This proxy does not answer to the host ${name}: --allow-host makes it`;
const strangeOrigin = (origin: string) => `Pages of ${origin} may not use this proxy: --allow-origin lets them`;

/** What a request with these headers is told, if it does not come in. */
function atTheDoor(
  options: DoorOptions,
  host?: string | readonly string[],
  origin?: string | readonly string[],
): string {
  const refusal = doorPolicy(options).check({ host, origin });
  return refusal === undefined ? inside : `${refusal.status} ${refusal.reason}`.replace('403 ', '');
}

describe('P20 a door on loopback', () => {
  test.each<[string | readonly string[] | undefined, string]>([
    ['localhost', inside],
    ['localhost:7400', inside],
    ['LocalHost:1', inside],
    ['localhost.', inside],
    ['127.0.0.1:65535', inside],
    ['[::1]:80', inside],
    ['[::1]', inside],
    ['[0:0:0:0:0:0:0:1]:80', inside],
    [['localhost:7400'], inside],
    ['evil.example.com', strangeHost('evil.example.com')],
    ['EVIL.example.com.:80', strangeHost('evil.example.com')],
    ['localhost.evil.example', strangeHost('localhost.evil.example')],
    ['evil.localhost', strangeHost('evil.localhost')],
    ['127.0.0.1.evil.example', strangeHost('127.0.0.1.evil.example')],
    ['127.0.0.2', strangeHost('127.0.0.2')],
    ['0.0.0.0:7400', strangeHost('0.0.0.0')],
    ['2130706433', strangeHost('2130706433')],
    ['127.1', strangeHost('127.1')],
    ['0x7f.0.0.1', strangeHost('0x7f.0.0.1')],
    ['[::]', strangeHost('[::]')],
    ['[::ffff:127.0.0.1]', strangeHost('[::ffff:7f00:1]')],
    [undefined, oneHost],
    [[], oneHost],
    [['localhost', 'localhost'], oneHost],
    [['localhost', 'evil.example'], oneHost],
    ['', noHost],
    [':7400', noHost],
    ['localhost:', noHost],
    ['localhost:65536', noHost],
    ['localhost:7400:7400', noHost],
    ['localhost:-1', noHost],
    ['localhost..', noHost],
    ['.localhost', noHost],
    ['localhost,evil.example', noHost],
    ['localhost, localhost', noHost],
    ['localhost/', noHost],
    ['localhost\n', noHost],
    [' localhost', noHost],
    ['localhost\u0000', noHost],
    ['localhost%00', noHost],
    ['user@localhost', noHost],
    ['localhost@evil.example', noHost],
    ['localhost:80@evil.example', noHost],
    ['localhost#@evil.example', noHost],
    ['http://localhost', noHost],
    ['::1', noHost],
    ['[::1', noHost],
    ['[::1]x', noHost],
    ['[::1%lo]', noHost],
    ['[localhost]', noHost],
    ['[127.0.0.1]', noHost],
    ['[:::1]', noHost],
    ['*', noHost],
    ['*.localhost', noHost],
    ['localhoſt', noHost],
    ['löcalhost', noHost],
    ['-localhost', noHost],
    [`${'a'.repeat(64)}.example`, noHost],
    [`${'a.'.repeat(200)}example`, noHost],
    ['a'.repeat(100_000), noHost],
  ])('is asked for the host %j', (host, answer) => {
    expect(atTheDoor(onLoopback, host)).toBe(answer);
  });

  test.each<[string | readonly string[] | undefined, string]>([
    [undefined, inside],
    [[], inside],
    ['http://localhost', inside],
    ['http://localhost:6274', inside],
    ['https://127.0.0.1:7400', inside],
    ['HTTP://LOCALHOST:7400', inside],
    ['http://[::1]:3000', inside],
    ['http://evil.example.com', strangeOrigin('http://evil.example.com')],
    ['http://localhost.evil.example', strangeOrigin('http://localhost.evil.example')],
    ['ftp://localhost', strangeOrigin('ftp://localhost')],
    ['chrome-extension://localhost', strangeOrigin('chrome-extension://localhost')],
    ['null', noOrigin],
    ['', noOrigin],
    ['localhost', noOrigin],
    ['http://', noOrigin],
    ['http:localhost', noOrigin],
    ['http:///localhost', noOrigin],
    ['//localhost', noOrigin],
    ['http://localhost/', noOrigin],
    ['http://localhost/mcp', noOrigin],
    ['http://localhost?evil.example', noOrigin],
    ['http://localhost@evil.example', noOrigin],
    ['http://user:secret@localhost', noOrigin],
    ['http://localhost:80@evil.example', noOrigin],
    ['http://localhost\\@evil.example', noOrigin],
    ['http://localhost http://evil.example', noOrigin],
    ['http://localhost, http://localhost', noOrigin],
    [['http://localhost', 'http://localhost'], noOrigin],
    ['file://', noOrigin],
    ['data:text/html,x', noOrigin],
    [`http://${'a.'.repeat(100_000)}`, noOrigin],
  ])('is asked by a page of %j', (origin, answer) => {
    expect(atTheDoor(onLoopback, 'localhost:7400', origin)).toBe(answer);
  });

  test.each([
    ['localhost', 'localhost'],
    ['::1', '[::1]'],
    ['[::1]', '[::1]:7400'],
    ['127.0.0.5', '127.0.0.5:7400'],
    ['127.0.0.5', 'localhost:7400'],
  ])('answers, bound to %s, to the host %s', (listenHost, host) => {
    expect(atTheDoor({ listenHost }, host)).toBe(inside);
  });
});

describe('a door with names of its own', () => {
  const open: DoorOptions = {
    listenHost: '0.0.0.0',
    allowHosts: ['Proxy.example', '*.tools.example', 'port.example:8443', 'web.example:443', '[2001:db8:0::1]'],
    allowOrigins: ['https://app.example', 'http://*.dev.example:3000', 'chrome-extension://abcdef'],
  };
  test.each([
    ['proxy.example', inside],
    ['PROXY.EXAMPLE.:7400', inside],
    ['a.tools.example', inside],
    ['a.b.tools.example:80', inside],
    ['port.example:8443', inside],
    ['web.example', inside],
    ['[2001:0db8::0001]:7400', inside],
    ['tools.example', strangeHost('tools.example')],
    ['eviltools.example', strangeHost('eviltools.example')],
    ['proxy.example.evil.example', strangeHost('proxy.example.evil.example')],
    ['port.example', strangeHost('port.example')],
    ['port.example:8444', strangeHost('port.example')],
    ['web.example:80', strangeHost('web.example')],
    // Whoever reaches it from outside is not answered for a name that means somebody's own machine.
    ['localhost', strangeHost('localhost')],
  ])('is asked for the host %s', (host, answer) => {
    expect(atTheDoor(open, host)).toBe(answer);
  });

  test.each([
    ['https://app.example', inside],
    ['https://app.example:443', inside],
    ['http://x.dev.example:3000', inside],
    ['chrome-extension://abcdef', inside],
    ['http://proxy.example:9000', inside],
    ['https://web.example', inside],
    ['http://app.example', strangeOrigin('http://app.example')],
    ['https://app.example:444', strangeOrigin('https://app.example')],
    ['http://dev.example:3000', strangeOrigin('http://dev.example')],
    ['http://x.dev.example', strangeOrigin('http://x.dev.example')],
    ['http://web.example', strangeOrigin('http://web.example')],
    ['chrome-extension://fedcba', strangeOrigin('chrome-extension://fedcba')],
    ['null', noOrigin],
  ])('is asked by a page of %s', (origin, answer) => {
    expect(atTheDoor(open, 'proxy.example', origin)).toBe(answer);
  });

  test('on loopback answers to those of loopback too', () => {
    const both = { ...onLoopback, allowHosts: ['proxy.example'] };
    expect(['localhost:1', 'proxy.example:1'].map((host) => atTheDoor(both, host))).toEqual([inside, inside]);
  });
});

describe('a door behind which everybody proves who they are', () => {
  const guarded: DoorOptions = { listenHost: '0.0.0.0', isGuarded: true };

  test('needs no names: it answers to every name that is one', () => {
    expect(doorProblem(guarded)).toBeUndefined();
    for (const host of ['mcp.example.com', '10.0.0.1:7400', 'localhost']) expect(atTheDoor(guarded, host)).toBe(inside);
    // Of those a client could be told no address.
    for (const host of ['a b', '999.999.999.999', 'xn--a']) expect(atTheDoor(guarded, host)).toBe(noHost);
    expect(atTheDoor(guarded, ['a', 'b'])).toBe(oneHost);
    expect(atTheDoor(guarded)).toBe(oneHost);
  });

  test('P20 lets in pages of the name that they use, and of no other', () => {
    expect(atTheDoor(guarded, 'mcp.example.com', 'https://mcp.example.com')).toBe(inside);
    expect(atTheDoor(guarded, 'mcp.example.com', 'https://evil.example')).toBe(strangeOrigin('https://evil.example'));
    expect(atTheDoor(guarded, 'mcp.example.com', 'null')).toBe(noOrigin);
    const open = { ...guarded, allowOrigins: ['https://app.example.com'] };
    expect(atTheDoor(open, 'mcp.example.com', 'https://app.example.com')).toBe(inside);
  });

  test('P20 keeps to names that it was given, and to those of loopback', () => {
    const named = { ...guarded, allowHosts: ['mcp.example.com'] };
    expect(atTheDoor(named, 'mcp.example.com')).toBe(inside);
    expect(atTheDoor(named, 'evil.example')).toBe(strangeHost('evil.example'));
    expect(atTheDoor({ ...onLoopback, isGuarded: true }, 'evil.example')).toBe(strangeHost('evil.example'));
  });
});

describe('what is wrong with a door', () => {
  test.each([
    '0.0.0.0',
    '::',
    '192.168.1.5',
    'proxy.example',
    '',
    '1270.0.0.1',
    '127.0.0.1.example',
    '::ffff:127.0.0.1',
  ])('is that others reach it at %j, and nobody said by which name', (listenHost) => {
    const problem = `Whoever reaches ${listenHost} could use this proxy: say --allow-host NAME for each name that clients know it by, or ask them who they are with --auth-token-file FILE`;
    expect(doorProblem({ listenHost })).toBe(problem);
    expect(() => doorPolicy({ listenHost })).toThrow(new RangeError(problem));
    expect(doorProblem({ listenHost, allowHosts: ['proxy.example'] })).toBeUndefined();
  });

  test.each([
    '*',
    '',
    '*.',
    'a.*.example',
    'http://a.example',
    'a.example/',
    '*.127.0.0.1',
    '*.[::1]',
    'a b',
    'a.example:x',
  ])('is the host %j', (host) => {
    expect(doorProblem({ ...onLoopback, allowHosts: ['a.example', host] })).toBe(
      `--allow-host ${host}: this is neither NAME nor *.NAME, with :PORT or without`,
    );
  });

  test.each(['*', '', 'null', 'a.example', 'https://a.example/', 'https://*', '//a.example'])(
    'is the origin %j',
    (origin) => {
      expect(doorProblem({ ...onLoopback, allowOrigins: ['https://a.example', origin] })).toBe(
        `--allow-origin ${origin}: this is no origin such as https://NAME or http://NAME:PORT`,
      );
    },
  );
});

const words = fc.constantFrom(
  'localhost',
  '127.0.0.1',
  '[::1]',
  'evil.example',
  '@',
  ':',
  '.',
  '//',
  'http:',
  '\\',
  '\n',
  '[',
  ']',
  '%',
  '7400',
);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(words).map((parts) => parts.join('')),
);
const header = fc.option(fc.oneof(text, fc.array(text, { maxLength: 3 })), { nil: undefined });

test('nothing that a request says makes a door throw, or say anything that is not a name', () => {
  const policy = doorPolicy({ ...onLoopback, allowHosts: ['*.evil.example:7400'] });
  fc.assert(
    fc.property(header, header, (host, origin) => {
      const { reason } = policy.check({ host, origin }) ?? { reason: '' };
      expect(reason).toMatch(/^[\w .:,/[\]+-]{0,400}$/);
    }),
    { numRuns: 1000 },
  );
});

test('no door that anybody could want to open makes it throw', () => {
  const patterns = fc.array(text, { maxLength: 2 });
  fc.assert(
    fc.property(text, patterns, patterns, (listenHost, allowHosts, allowOrigins) => {
      const options = { listenHost, allowHosts, allowOrigins };
      const isFine = doorProblem(options) === undefined;
      if (isFine) expect(() => doorPolicy(options)).not.toThrow();
      else expect(() => doorPolicy(options)).toThrow(RangeError);
    }),
    { numRuns: 500 },
  );
});

test('who is let in was asked for a name of loopback, whatever is put into it', () => {
  const policy = doorPolicy(onLoopback);
  const names = ['localhost', '127.0.0.1', '[::1]'];
  const insertion = fc.oneof(
    words,
    fc.constantFrom('', '0', '1', '.', ':1', '0:', '@', 'L', '%61'),
    fc.string({ maxLength: 2 }),
  );
  let letIn = 0;
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(10), insertion, (name, place, inserted) => {
      const host = `${name.slice(0, place)}${inserted}${name.slice(place)}`;
      if (policy.check({ host }) !== undefined) return;
      letIn += 1;
      expect(names).toContain(new URL(`http://${host}`).hostname.replace(/\.$/, ''));
    }),
    { numRuns: 1000 },
  );
  expect(letIn).toBeGreaterThan(20);
});
