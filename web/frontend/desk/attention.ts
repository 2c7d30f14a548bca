// Makes a ringing phone noticed in a browser with forty tabs: sound, title, favicon, notification.

import { say } from "../words";
import { ring } from "../phone/sounds";

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16" fill="#1f9d55"/>' +
    '<path fill="#fff" d="M11.4 7.5 9 9.2c-.8 3.600 3.600 11.400 8.300 14.100 1.700.9 3.200 1.100 4.200.8l2.300-2.300-3.400-3.600-2.300 1.300c-2-.9-4.600-4.200-5-6.400l1.700-1.900z"/></svg>',
)}`;

let title = "";
let usual = "";
let blinking: ReturnType<typeof setInterval> | undefined;
let notification: Notification | null = null;

const favicon = (): HTMLLinkElement | null => document.querySelector('link[rel~="icon"]');

export function askForNotifications(): void {
  if ("Notification" in window && Notification.permission === "default") void Notification.requestPermission();
}

export function callAttention(who: string, about: string): void {
  ignoreAttention();
  ring.start();
  title = document.title;
  const icon = favicon();
  usual = icon?.href ?? "";
  if (icon) icon.href = ICON;
  document.title = `☎ ${who}`;
  blinking = setInterval(() => (document.title = document.title === title ? `☎ ${who}` : title), 1000);
  if ("Notification" in window && Notification.permission === "granted" && document.visibilityState === "hidden") {
    notification = new Notification(say("A call is ringing"), { body: `${who}\n${about}`, tag: "holos-call", requireInteraction: true });
    notification.onclick = () => window.focus();
  }
}

export function ignoreAttention(): void {
  ring.stop();
  clearInterval(blinking);
  if (blinking === undefined) return;
  blinking = undefined;
  document.title = title;
  const icon = favicon();
  if (icon) icon.href = usual;
  notification?.close();
  notification = null;
}
