import { describe, expect, test } from 'vitest';
import { Ledger, type Message } from './ledger.ts';

function account(): { readonly ledger: Ledger; readonly broken: string[] } {
  const broken: string[] = [];
  return { ledger: new Ledger((law) => broken.push(law)), broken };
}

const result = (id: number | string): Message => ({ id, result: { for: id } });
const error = (id: number | string | null, code: number): Message => ({ id, error: { code, message: 'no' } });

describe('a ledger', () => {
  test('settles each request with its own answer, whatever the order', async () => {
    const { ledger, broken } = account();
    const first = ledger.ask(1, 0);
    const second = ledger.ask('1', 0);
    ledger.hear(result('1'));
    ledger.hear(error(1, 5020));
    expect(await second).toEqual({ kind: 'result', result: { for: '1' } });
    expect(await first).toEqual({ kind: 'error', code: 5020, data: {} });
    ledger.close(true);
    expect(broken).toEqual([]);
    expect(ledger.answered).toBe(2);
  });

  test('sees a second answer, and an answer that nobody here asked for', () => {
    const { ledger, broken } = account();
    void ledger.ask(1, 0);
    ledger.hear(result(1));
    ledger.hear(result(1));
    ledger.hear(result('1'));
    expect(broken).toEqual(['every request is answered once', "nobody else's answer comes"]);
  });

  test('sees an answer that never came, when one was owed', () => {
    const { ledger, broken } = account();
    void ledger.ask(1, 0);
    ledger.expectNameless();
    ledger.close(true);
    expect(broken).toEqual(['every request is answered', 'every request is answered']);
  });

  test('asks for nothing from a conversation that was cut off', async () => {
    const { ledger, broken } = account();
    const ending = ledger.ask(1, 0);
    ledger.close(false);
    expect(await ending).toEqual({ kind: 'abandoned' });
    expect(broken).toEqual([]);
  });

  test('lets one answer cross the cancellation of its request, and no second one', () => {
    const { ledger, broken } = account();
    void ledger.ask(1, 0);
    ledger.giveUp(1);
    ledger.hear(result(1));
    expect(broken).toEqual([]);
    ledger.hear(result(1));
    expect(broken).toEqual(['every request is answered once']);
  });

  test('does not forgive a second answer because its request is given up after the first', () => {
    const { ledger, broken } = account();
    void ledger.ask(1, 0);
    ledger.hear(result(1));
    ledger.giveUp(1);
    ledger.hear(result(1));
    expect(broken).toEqual(['every request is answered once']);
  });

  test('sees results that overtook each other, where their order was promised', () => {
    const { ledger, broken } = account();
    void ledger.ask(1, 0, { isOrdered: true });
    void ledger.ask(2, 0);
    void ledger.ask(3, 0, { isOrdered: true });
    ledger.hear(result(2));
    ledger.hear(result(3));
    ledger.hear(result(1));
    expect(broken).toEqual(['answers keep their order']);
  });

  test('lets an error come when it is known: it waits for nobody', () => {
    const { ledger, broken } = account();
    void ledger.ask(1, 0, { isOrdered: true });
    void ledger.ask(2, 0, { isOrdered: true });
    ledger.hear(error(2, 4290));
    ledger.hear(result(1));
    expect(broken).toEqual([]);
  });

  test('tells two requests under one id apart by what they take', async () => {
    const { ledger, broken } = account();
    const first = ledger.ask(1, 0, { takes: (message) => message.error === undefined });
    const second = ledger.ask(1, 0, { takes: (message) => message.error !== undefined });
    ledger.hear(error(1, -32600));
    ledger.hear(result(1));
    expect([(await first).kind, (await second).kind]).toEqual(['result', 'error']);
    ledger.hear(result(1));
    expect(broken).toEqual(['every request is answered once']);
  });

  test('counts one error without an id for each broken line', () => {
    const { ledger, broken } = account();
    ledger.expectNameless();
    ledger.hear(error(null, -32700));
    expect(ledger.namelessDue).toBe(0);
    ledger.hear(error(null, -32600));
    ledger.expectNameless();
    ledger.hear(error(null, 5020));
    expect(broken).toEqual(['nothing comes unasked', 'nothing comes unasked']);
  });

  test('names the requests that wait for longer than patience lasts', () => {
    const { ledger } = account();
    void ledger.ask(1, 0);
    void ledger.ask('late', 50);
    expect(ledger.overdue(100, 60)).toEqual([1]);
    expect(ledger.waiting).toBe(2);
  });
});
