import { describe, expect, test } from 'vitest';
import { Condition, conditionFields, conditionLimits, parseCondition } from '../../src/rules/condition.ts';
import { type Facts, call, contextOf, sceneOf } from './scenes.ts';
import { Scene } from '../../src/rules/frame-view.ts';

function conditionOf(text: string): Condition {
  const read = parseCondition(text);
  if (!(read instanceof Condition)) throw new Error(read.message);
  return read;
}

const holds = (text: string, facts?: Facts): boolean => conditionOf(text).holds(sceneOf(facts));

describe('a condition', () => {
  test.each<[string, boolean]>([
    ['frame.method == "tools/call" && frame.name == "echo"', true],
    ['frame.kind == "request" && frame.direction == "client-to-server"', true],
    ['frame.params.name in ["echo", "add"]', true],
    ['frame.params.arguments.size() == 0', true],
    ['has(frame.params.arguments.path)', false],
    ['has(frame.error) || has(frame.result)', false],
    ['frame.id == 1', true],
    ['frame.bytes > 10 && frame.bytes < 1000', true],
    ['meta.frame_count == 3 && meta.session_duration_ms >= 1500', true],
    ['"slow" in meta.session_tags && !("fast" in meta.session_tags)', true],
    ['meta.session_tags.exists(tag, tag.startsWith("de"))', true],
    ['meta.client_name == "test-client" && meta.server_name == ""', true],
    ['auth.principal == "ann"', true],
    ['auth.claims.role == "admin" && auth.claims.groups.exists(group, group == "a")', true],
    ['has(auth.claims.tenant)', false],
    ['http.header("X-Team") == "red"', true],
    ['http.header("x-none") == ""', true],
    ['now.getFullYear() == 2027', true],
    ['frame.name.glob("e*o") && frame.params.name.glob("*ch*")', true],
  ])('S8 sees the frame and its session: %s is %s', (text, expected) => {
    expect(holds(text, { headers: { 'x-team': 'red' }, claims: { role: 'admin', groups: ['b', 'a'] } })).toBe(expected);
  });

  test('S8 knows the names of the metadata, and no others', () => {
    expect(conditionFields.meta).toEqual(Object.keys(contextOf().metadata));
  });

  test('reads the message only when it asks for what is in it', () => {
    const read = (text: string): number => {
      let reads = 0;
      conditionOf(text).holds(new Scene(contextOf({}, () => void reads++)));
      return reads;
    };
    expect(read('frame.method == "tools/call" && frame.name == "echo" && frame.bytes > 5')).toBe(0);
    expect(read('frame.method == "tools/list" && frame.params.name == "echo"')).toBe(0);
    expect(read('frame.params.name == "echo"')).toBeGreaterThan(0);
  });

  test('fails where a member is not there, unless something before says that it does not matter', () => {
    expect(() => holds('frame.params.arguments.path == "x"')).toThrow('No such key: path');
    expect(holds('frame.params.arguments.path == "x" && frame.method == "ping"')).toBe(false);
    expect(() => holds('frame.params.name.constructor == "x"')).toThrow('o such');
    expect(() => holds('frame.params.__proto__ == 1')).toThrow('No such key');
  });

  test.each<[string, string, number]>([
    ['frame.metod == "x"', "'frame' has no 'metod'. Did you mean 'method'?", 6],
    ['frame.zzzzzz == "x"', "'frame' has no 'zzzzzz'. frame has kind,", 6],
    ['fram.method == "x"', "There is no 'fram'. Did you mean 'frame'?", 0],
    ['nobody == "x"', "There is no 'nobody'. There are frame, meta, http, auth, now.", 0],
    ['frame.method.startWith("x")', "Did you mean 'startsWith'?", 0],
    ['frame.method == 5', 'no such overload: string == int', 0],
    ['true && frame.method', 'Logical operator requires bool operands', 0],
    ['frame.method', 'It is string, and has to be true or false.', 0],
    ['true &&', 'Unexpected token: EOF', 7],
    ['frame.method.matches("(a+)+$")', 'Regular expressions are not taken here', 0],
    ['true && cel.bind(x, 1, x == 1)', "'cel.bind' is not taken here", 8],
    ['[1, 2].exists(x, x == 1)', "'exists' goes over a member of the scene", 0],
    ['frame.params.a.map(x, x).exists(x, x == 1)', "'exists' goes over a member of the scene", 0],
    ['frame.params.a.all(x, x.all(y, y.all(z, z == 1)))', 'At most 2 loops may stand one in another', 0],
  ])('that says %s is refused: %s', (text, message, offset) => {
    const read = parseCondition(text);
    expect(read).toMatchObject({ message: expect.stringContaining(message), offset });
  });

  test('is bounded in length, in depth, in lists and in all', () => {
    const { charactersMax, depthMax, listMax, nodesMax } = conditionLimits;
    const tooMuch = [
      `frame.method == "${'x'.repeat(charactersMax)}"`,
      `${'('.repeat(depthMax + 1)}true${')'.repeat(depthMax + 1)}`,
      `frame.method in [${'"x",'.repeat(listMax)}"x"]`,
      Array.from({ length: nodesMax }, () => 'true').join('||'),
    ];
    for (const text of tooMuch) expect(parseCondition(text)).not.toBeInstanceOf(Condition);
  });

  test('does no more work on one frame than it may, whoever made the frame', () => {
    const text = 'frame.params.a.exists(x, frame.params.a.exists(y, x == y + "z"))';
    const list = (length: number) => ({ message: { method: 'x', params: { a: Array.from({ length }, () => 'q') } } });
    expect(holds(text, list(50))).toBe(false);
    expect(() => holds(text, list(2000))).toThrow('the message is too large for the loops of this condition');
  });

  test('of a changed message is asked about what it is now', () => {
    const changed = call('other', { path: '/etc' });
    const scene = new Scene(contextOf(), { ...changed, method: 'tools/other' });
    expect(conditionOf('frame.name == "other" && frame.method == "tools/other"').holds(scene)).toBe(true);
    expect(conditionOf('frame.params.arguments.path == "/etc"').holds(scene)).toBe(true);
  });
});
