/** What lies over the page. */
export type Overlay = 'none' | 'palette' | 'help' | 'messages';
