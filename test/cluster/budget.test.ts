/** One limit over all nodes: never more, all of it when it is wanted, and fair when more want it than there is. */
import { describe, expect, test } from 'vitest';
import { Budget } from '../../src/cluster/budget.ts';
import { Unavailable } from '../../src/cluster/engine.ts';
import { readBudget } from '../../src/cluster/records.ts';
import { type Parts, Stage, settings, settled } from './stage.ts';
import { Counter } from './counter.ts';

const { takeMs, selfMs } = settings.times;

/** One node's part in the limit, with whoever counts. */
class Share {
  readonly budget: Budget;
  readonly lease: Parts['lease'];
  readonly #counter = new Counter();

  constructor(stage: Stage, node: string, { engine, lease, peers }: Parts, spare?: number) {
    this.lease = lease;
    this.budget = new Budget({
      ...{ engine, clock: stage.clock, random: () => 0.5, node, lease, peers, name: 'pending', total: 100 },
      counted: this.#counter,
      ...(spare === undefined ? {} : { spare }),
    });
  }

  get used(): number {
    return this.#counter.pending;
  }

  get granted(): number {
    return this.budget.granted;
  }

  release(): void {
    this.#counter.release();
  }

  tryAcquire(): boolean {
    return this.#counter.tryAcquire(this);
  }

  acquire = async (): Promise<boolean> => this.#counter.acquire(this);

  adjust = async (): Promise<void> => this.budget.adjust();
}

/** As many as it gets, asking as long as it gets more. */
async function fill(stage: Stage, budget: Share, most = Infinity): Promise<number> {
  for (let tries = 0; tries < 60 && budget.used < most; tries += 1) {
    while (budget.used < most && budget.tryAcquire());
    await settled();
    stage.clock.advance(60);
    await settled();
  }
  return budget.used;
}

describe('a limit over all nodes', () => {
  test('is one node’s alone when nobody else wants it', async () => {
    const stage = new Stage();
    const budget = new Share(stage, 'a', await stage.parts('a'));
    expect(await fill(stage, budget)).toBe(100);
    expect(budget.tryAcquire()).toBe(false);
    budget.release();
    expect(budget.tryAcquire()).toBe(true);
  });

  test('is never exceeded, whoever asks first', async () => {
    const stage = new Stage();
    const nodes = await Promise.all(['a', 'b', 'c'].map(async (name) => stage.parts(name)));
    const budgets = nodes.map((node, index) => new Share(stage, ['a', 'b', 'c'][index]!, node));
    for (let round = 0; round < 30; round += 1) {
      await Promise.all(budgets.map(async (budget) => fill(stage, budget, budget.used + 7)));
      const used = budgets.reduce((sum, budget) => sum + budget.used, 0);
      expect(used).toBeLessThanOrEqual(100);
      if (used === 100) break;
      for (const { lease } of nodes) await lease.renew();
    }
    expect(budgets.reduce((sum, budget) => sum + budget.granted, 0)).toBeLessThanOrEqual(100);
  });

  test('is shared out evenly when one node had all of it and others want some', async () => {
    const stage = new Stage();
    const parts = [await stage.parts('a'), await stage.parts('b')] as const;
    const [greedy, late] = [new Share(stage, 'a', parts[0]), new Share(stage, 'b', parts[1])];
    await fill(stage, greedy);
    expect(await late.acquire()).toBe(false);
    for (let round = 0; round < 80; round += 1) {
      greedy.release();
      greedy.tryAcquire();
      late.tryAcquire();
      void Promise.all([greedy.adjust(), late.adjust()]);
      await stage.pass(60);
      for (const { lease } of parts) await lease.renew();
    }
    expect(late.used).toBe(50);
    expect(greedy.used).toBe(50);
  });

  test('gets back what a dead node had', async () => {
    const stage = new Stage();
    const [a, b] = [await stage.parts('a'), await stage.parts('b')];
    const [dying, living] = [new Share(stage, 'a', a), new Share(stage, 'b', b)];
    await fill(stage, dying);
    stage.clock.advance(selfMs - stage.clock.now() - 1);
    await b.lease.renew();
    stage.clock.advance(takeMs);
    await b.lease.renew();
    expect(b.lease.phase).toBe('fenced');
    const c = await stage.parts('c');
    const heir = new Share(stage, 'c', c);
    expect(await c.peers.isDead('a')).toBe(false);
    stage.clock.advance(selfMs - 1);
    await c.lease.renew();
    stage.clock.advance(takeMs - selfMs + 2);
    await c.peers.sweep();
    expect(await fill(stage, heir, 90)).toBe(90);
    expect([living.tryAcquire(), dying.tryAcquire()]).toEqual([false, false]);
  });

  test('gives back what is not used', async () => {
    const stage = new Stage();
    const { engine, ...rest } = await stage.parts('a');
    const budget = new Share(stage, 'a', { engine, ...rest });
    await fill(stage, budget);
    while (budget.used > 0) budget.release();
    await budget.adjust();
    expect(budget.granted).toBeLessThan(10);
    expect(readBudget((await engine.get('budget', 'pending'))!.value)?.['a']?.granted).toBe(budget.granted);
  });

  test('leaves each node half an equal share before anybody asks, so that many may come at once, and the rest to whoever needs it', async () => {
    const stage = new Stage();
    const names = ['a', 'b', 'c', 'd'];
    const parts = await Promise.all(names.map(async (name) => stage.parts(name)));
    const shares = parts.map((part, index) => new Share(stage, names[index]!, part, 256));
    for (let round = 0; round < 8; round += 1) {
      for (const share of shares) await share.adjust();
      stage.clock.advance(60);
      for (const { lease } of parts) await lease.renew();
    }
    expect(shares.map(({ granted }) => granted)).toEqual([15, 15, 15, 15]);
    for (const share of shares) for (let taken = 0; taken < 12; taken += 1) expect(share.tryAcquire()).toBe(true);
    for (const share of shares.slice(1)) for (let taken = 0; taken < 12; taken += 1) share.release();
    expect(await fill(stage, shares[0]!, 55)).toBe(55);
  });

  test('holds when the engine is away, and when its answer was lost', async () => {
    const stage = new Stage();
    const engine = stage.engine();
    let isLossy = true;
    const a = await stage.parts('a', {
      cas: async (...question) => {
        const revision = await engine.cas(...question);
        if (isLossy && question[0] === 'budget') throw new Unavailable('no answer');
        return revision;
      },
    });
    const budget = new Share(stage, 'a', a);
    expect(await budget.acquire()).toBe(false);
    expect(budget.granted).toBe(0);
    isLossy = false;
    stage.clock.advance(60);
    expect(await budget.acquire()).toBe(true);
  });
});
