// The chat server's answers, as both sides agreed on them.

export interface Line {
  name: string;
  reach: string;
  call: string;
  text: string;
  chat: string;
}

export interface Help {
  emergency: { label: string; href: string };
  lines: Line[];
}

export interface Config {
  clinic: { name: string; phone: string; phone_href: string; hours: string; website: string };
  language: string;
  languages: { code: string; name: string }[];
  region: string;
  regions: { code: string; name: string }[];
  help: Help;
  notice: { title: string; points: string[] };
  suggestions: string[];
  links: { safety: string; privacy: string };
  limits: Record<string, number>;
}

export interface Source {
  title: string;
  section?: string;
  address: string;
}

export interface Choice {
  label: string;
  payload: string;
}

export interface Message {
  id: string;
  from: "person" | "assistant";
  at: string;
  text: string;
  language?: string;
  message_id?: string;
  in_reply_to?: string;
  outcome?: string;
  notice?: string;
  reviewed_on?: string;
  sources?: Source[];
  choices?: Choice[];
  feedback?: boolean;
}

export interface Replies {
  text?: string;
  replies?: Message[];
}

export interface CallbackRequest {
  request_id: string;
  name: string;
  phone?: string;
  email?: string;
  best_time?: string;
  safe_to_call: boolean;
  voicemail: boolean;
  consent: true;
  note?: string;
}
