// What descriptions of containers (Compose specification, Kubernetes' pods) give to a container of the machine it runs on: its
// whole disk, its keys, the daemon that starts containers, its processes and devices. Caches, folders of the project, GPUs,
// shared memory and the host's network are ordinary, and so is what monitors and proxies of their makers' own images read.
// What it can miss: what an image does with what it is given; files that are put together by another tool.
import { isObject, type JsonObject } from '../../artifact/text.ts';

export interface ContainerDeed {
  readonly what: string;
  readonly where: string;
  readonly text: string;
}

const MAX_SERVICES = 200;
const MAX_MOUNTS = 100;
const MAX_DEEDS = 16;
const MAX_DEPTH = 12;

/** Published images that read the machine: proxies that follow containers, and monitors. They are given it to read. */
const READERS = /^(?:docker\.io\/|ghcr\.io\/|quay\.io\/|gcr\.io\/|registry\.k8s\.io\/|public\.ecr\.aws\/)?(?:library\/)?(?:traefik|portainer\/(?:portainer|agent)|(?:nginxproxy|jwilder)\/[\w-]{1,40}|google\/cadvisor|cadvisor\/cadvisor|prom\/node-exporter|prometheus\/node-exporter|grafana\/(?:promtail|alloy|agent)|(?:datadog|gcr\.io\/datadoghq)\/agent|containrrr\/watchtower|nicolargo\/glances|netdata\/netdata|amir20\/dozzle|nvidia\/k8s-device-plugin|nvcr\.io\/nvidia\/k8s\/[\w-]{1,40})(?:[:@]|$)/;
const DISK = /^(?:\/|\/(?:etc|root|home|boot|proc|var|usr|dev|var\/lib\/docker)\/?|[A-Za-z]:[\\/]?|\$\{?HOME\}?\/?|~\/?|\/host_?root\/?)$/;
const KEYS = /^(?:~|\$\{?HOME\}?|\/root|\/home\/[^/]{1,60})\/\.(?:ssh|aws|gnupg|kube|azure|netrc|docker|config\/gcloud|mozilla)(?:\/|$)|^\/etc\/(?:shadow|sudoers|cron|ssh)/;
const DAEMON = /(?:^|\/)(?:docker|containerd|crio|podman)(?:\/\w{1,20})?\.sock$/;
const POWERS = /^(?:CAP_)?(?:ALL|SYS_ADMIN|SYS_MODULE|SYS_RAWIO|DAC_READ_SEARCH)$/i;

export function containerDeeds(values: readonly unknown[]): ContainerDeed[] {
  const deeds: ContainerDeed[] = [];
  for (const value of values) {
    if (!isObject(value)) continue;
    const services = value['services'];
    if (isObject(services)) for (const [name, service] of Object.entries(services).slice(0, MAX_SERVICES)) if (isObject(service)) deeds.push(...serviceDeeds(service, `services.${name}`));
    if (typeof value['kind'] === 'string' && typeof value['apiVersion'] === 'string') for (const pod of podsIn(value, 0)) deeds.push(...podDeeds(pod, value['kind']));
  }
  return deeds.slice(0, MAX_DEEDS);
}

/** Whether a value describes containers at all. */
export function describesContainers(values: readonly unknown[]): boolean {
  return values.some((value) => isObject(value) && ((isObject(value['services']) && Object.values(value['services']).some((service) => isObject(service) && ('image' in service || 'build' in service))) || (typeof value['kind'] === 'string' && typeof value['apiVersion'] === 'string' && 'spec' in value)));
}

function serviceDeeds(service: JsonObject, where: string): ContainerDeed[] {
  const image = typeof service['image'] === 'string' ? service['image'] : '';
  const reader = READERS.test(image);
  const deeds: ContainerDeed[] = [];
  for (const mount of listOf(service['volumes']).slice(0, MAX_MOUNTS)) {
    const { source, reads } = mountOf(mount);
    const what = mountDeed(source);
    // A Docker socket that can only be read still takes orders: what counts is whose program reads it.
    if (what !== undefined && !(reader && (reads || DAEMON.test(source)))) deeds.push({ what, where: `${where}.volumes`, text: typeof mount === 'string' ? mount : source });
  }
  if (reader) return deeds;
  if (service['privileged'] === true || service['privileged'] === 'true') deeds.push({ what: 'gives a container every power over the machine', where: `${where}.privileged`, text: 'privileged: true' });
  const powers = listOf(service['cap_add']).find((power) => typeof power === 'string' && POWERS.test(power));
  if (powers !== undefined) deeds.push({ what: 'gives a container power over the machine', where: `${where}.cap_add`, text: String(powers) });
  if (service['pid'] === 'host') deeds.push({ what: 'lets a container see and reach every process of the machine', where: `${where}.pid`, text: 'pid: host' });
  return deeds;
}

/** 'source:target:ro' or {type, source, read_only}; Windows' drives have a colon of their own. */
function mountOf(mount: unknown): { readonly source: string; readonly reads: boolean } {
  if (isObject(mount)) return { source: typeof mount['source'] === 'string' ? mount['source'] : '', reads: mount['read_only'] === true };
  if (typeof mount !== 'string') return { source: '', reads: false };
  const plain = mount.slice(0, 1000).replace(/\$\{(\w{1,60}):?[-?][^}]{0,200}\}/g, '$$$1');
  const source = /^[A-Za-z]:[\\/][^:]{0,400}/.exec(plain)?.[0] ?? plain.split(':', 1)[0] ?? '';
  return { source: plain.includes(':') ? source : '', reads: /:(?:[\w,]{0,40},)?ro(?:,|$)/.test(plain) };
}

function mountDeed(source: string): string | undefined {
  if (DAEMON.test(source)) return 'hands a container the daemon that starts containers';
  if (KEYS.test(source)) return 'hands a container the keys of a person';
  return DISK.test(source) ? 'hands a container the machine’s own files' : undefined;
}

/** Objects that hold containers, wherever a workload keeps them. */
function podsIn(value: unknown, depth: number): JsonObject[] {
  if (!isObject(value) || depth > MAX_DEPTH) return [];
  const own = Array.isArray(value['containers']) ? [value] : [];
  return [...own, ...['spec', 'template', 'jobTemplate', 'podTemplate'].flatMap((key) => podsIn(value[key], depth + 1))];
}

function podDeeds(pod: JsonObject, kind: string): ContainerDeed[] {
  const containers = [...listOf(pod['containers']), ...listOf(pod['initContainers'])].slice(0, MAX_SERVICES).filter(isObject);
  if (containers.some(({ image }) => typeof image === 'string' && READERS.test(image))) return [];
  const deeds: ContainerDeed[] = [];
  for (const volume of listOf(pod['volumes']).slice(0, MAX_MOUNTS)) {
    const path = isObject(volume) && isObject(volume['hostPath']) && typeof volume['hostPath']['path'] === 'string' ? volume['hostPath']['path'] : '';
    const what = mountDeed(path);
    if (what !== undefined) deeds.push({ what, where: `${kind}.volumes`, text: path });
  }
  if (containers.some(({ securityContext }) => isObject(securityContext) && securityContext['privileged'] === true)) deeds.push({ what: 'gives a container every power over the machine', where: `${kind}.securityContext`, text: 'privileged: true' });
  if (pod['hostPID'] === true) deeds.push({ what: 'lets a container see and reach every process of the machine', where: `${kind}.hostPID`, text: 'hostPID: true' });
  return deeds;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}
