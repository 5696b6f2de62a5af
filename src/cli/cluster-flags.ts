/** Flags about the cluster that a front is a node of. Reads the files that they name, and shows nothing that is secret. */

import { type Command, Option } from 'commander';
import type { NatsLogin } from '../cluster/nats-engine.ts';
import { type ClusterRequest, clusterAddress, isClusterName, usualClusterName } from '../config/cluster-address.ts';
import { textOf } from './server-flags.ts';

export interface ClusterFlags {
  readonly cluster?: string;
  readonly clusterName?: string;
  readonly clusterReplicas?: string;
  readonly clusterCreds?: string;
  readonly clusterCa?: string;
  readonly clusterCert?: string;
  readonly clusterKey?: string;
  readonly clusterRestartable?: boolean;
}

export function addClusterFlags(command: Command): Command {
  return command
    .optionsGroup('More than one machine:')
    .option('--cluster <url>', 'serve the same sessions as others: nats://HOST:PORT, several with commas between them')
    .option('--cluster-name <name>', `which cluster on that server it is (default: ${usualClusterName})`)
    .addOption(
      new Option('--cluster-replicas <n>', 'copies of what the nodes agree on (default: 1)').choices(['1', '3', '5']),
    )
    .option('--cluster-creds <file>', 'who asks, as a .creds file')
    .option('--cluster-ca <file>', 'trust these certificates instead of the usual ones (PEM)')
    .option('--cluster-cert <file>', 'and show this certificate (PEM)')
    .option('--cluster-key <file>', 'with this key (PEM)')
    .option(
      '--cluster-restartable',
      'when a node is gone, others start the command anew for its sessions: what it kept in memory is not missed',
    );
}

type Problem = { readonly problem: string };

/** Undefined where no cluster is asked for. */
export function clusterRequestOf(flags: ClusterFlags): { readonly cluster: ClusterRequest | undefined } | Problem {
  const { cluster, clusterName: name = usualClusterName, clusterReplicas = '1', clusterCreds } = flags;
  const files = { ca: flags.clusterCa, cert: flags.clusterCert, key: flags.clusterKey };
  if (cluster === undefined) {
    const { clusterName, clusterReplicas: replicas, clusterRestartable } = flags;
    const others = [clusterName, replicas, clusterCreds, clusterRestartable, ...Object.values(files)];
    if (others.every((flag) => flag === undefined)) return { cluster: undefined };
    return { problem: '--cluster-name and the like go with --cluster' };
  }
  const address = clusterAddress(cluster);
  if ('problem' in address) return { problem: `--cluster: ${address.problem}` };
  if (!isClusterName(name)) return { problem: `--cluster-name ${name}: a name has letters, digits, - and _` };
  if ((files.cert === undefined) !== (files.key === undefined)) {
    return { problem: '--cluster-cert and --cluster-key go together' };
  }
  const login = loginOf(clusterCreds, address.login);
  if (login !== undefined && 'problem' in login) return login;
  const read: { ca?: string; cert?: string; key?: string } = {};
  for (const [flag, file] of Object.entries(files) as ['ca' | 'cert' | 'key', string | undefined][]) {
    if (file === undefined) continue;
    const text = textOf(file);
    if ('problem' in text) return { problem: `--cluster-${flag} ${text.problem}` };
    read[flag] = text.text;
  }
  const tls = address.isTls || Object.keys(read).length > 0 ? read : undefined;
  return { cluster: { servers: address.servers, name, replicas: Number(clusterReplicas) as 1 | 3 | 5, login, tls } };
}

function loginOf(creds: string | undefined, said: NatsLogin | undefined): NatsLogin | Problem | undefined {
  if (creds === undefined) return said;
  if (said !== undefined) return { problem: '--cluster-creds and a login in the URL of --cluster: say one of them' };
  const text = textOf(creds);
  return 'problem' in text ? { problem: `--cluster-creds ${text.problem}` } : { kind: 'file', content: text.text };
}
