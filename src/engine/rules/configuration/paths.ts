// Paths in configurations: do they leave the model's folder, and do they reach for what is not the author's?

export function leavesFolder(path: string): boolean {
  return /^(?:[\\/]|[A-Za-z]:|~)/.test(path) || path.includes('\0') || /^[a-z][a-z0-9+.-]*:\/\//i.test(path) || path.split(/[\\/]/).includes('..');
}

/** Upwards, into the system's own folders, a home's secrets or another machine. A path of the author's machine that was left behind is ordinary. */
export function reachesOut(path: string): boolean {
  return leavesFolder(path) && /(?:^|[\\/])\.\.(?:[\\/]|$)|^file:|\0|^~|^\\\\|^\/(?:etc|proc|sys|dev|var|usr|bin|sbin|lib|lib64|boot)\/|[\\/]\.(?:ssh|aws|gnupg|kube|docker|netrc)\b|^[A-Za-z]:[\\/]Windows\b/i.test(path);
}
