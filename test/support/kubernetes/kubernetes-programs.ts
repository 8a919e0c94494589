import { join } from 'node:path';
import { buildGoTools } from '#test/go/go-tools.js';

const version = { major: '1', minor: '35', patch: '4' };
const programs = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'];

/** Where the control plane of Kubernetes 1.35 and kubectl are: built once (ten minutes on two cores) and kept below .cache. */
export async function buildKubernetes(go: string): Promise<string> {
  const packages = programs.map(program => `k8s.io/kubernetes/cmd/${program}`);
  const { major, minor, patch } = version;
  // What a release sets; Helm and the charts ask for it.
  return buildGoTools(go, join(__dirname, 'tools'), packages, {
    'k8s.io/component-base/version.gitVersion': `v${major}.${minor}.${patch}`,
    'k8s.io/component-base/version.gitMajor': major,
    'k8s.io/component-base/version.gitMinor': minor,
  });
}
