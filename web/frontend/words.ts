// Messages in the page's language. The catalogue's extractor reads `say`: the message must stand there literally.
declare global {
  interface Window {
    holosWords?: Record<string, string>;
  }
}

export const language = document.documentElement.lang || "en";

/** The message in the reader's language, with `{name}` replaced by values. */
export function say(message: string, values: Record<string, string | number> = {}): string {
  const known = window.holosWords?.[message] ?? message;
  return known.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
