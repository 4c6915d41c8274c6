/** The company: Lumen Bikes makes and sells bicycles. Nobody in it exists, and its domain is one that nobody can have. */
export const domain = 'lumen.example'

export type Team = 'data' | 'analytics' | 'engineering' | 'operations' | 'finance' | 'marketing' | 'people'

export type Office = {
  city: string
  zone: string
  country: 'DE' | 'US' | 'BR' | 'IN' | 'JP' | 'IL' | 'GR' | 'EG' | 'KR' | 'TH'
  /** Of the office's network; each desk has an address below it. */
  network: string
  /** Days of the week without work, 0 being Sunday. */
  weekend: readonly number[]
}

const saturdayAndSunday = [6, 0] as const
const fridayAndSaturday = [5, 6] as const

const offices = {
  berlin: {
    city: 'Berlin',
    zone: 'Europe/Berlin',
    country: 'DE',
    network: '10.20.0',
    weekend: saturdayAndSunday,
  },
  newYork: {
    city: 'New York',
    zone: 'America/New_York',
    country: 'US',
    network: '10.30.0',
    weekend: saturdayAndSunday,
  },
  saoPaulo: {
    city: 'São Paulo',
    zone: 'America/Sao_Paulo',
    country: 'BR',
    network: '10.31.0',
    weekend: saturdayAndSunday,
  },
  bengaluru: {
    city: 'Bengaluru',
    zone: 'Asia/Kolkata',
    country: 'IN',
    network: '10.40.0',
    weekend: saturdayAndSunday,
  },
  tokyo: { city: 'Tokyo', zone: 'Asia/Tokyo', country: 'JP', network: '10.41.0', weekend: saturdayAndSunday },
  telAviv: {
    city: 'Tel Aviv',
    zone: 'Asia/Jerusalem',
    country: 'IL',
    network: '10.21.0',
    weekend: fridayAndSaturday,
  },
  athens: {
    city: 'Athens',
    zone: 'Europe/Athens',
    country: 'GR',
    network: '10.22.0',
    weekend: saturdayAndSunday,
  },
  cairo: {
    city: 'Cairo',
    zone: 'Africa/Cairo',
    country: 'EG',
    network: '10.23.0',
    weekend: fridayAndSaturday,
  },
  seoul: { city: 'Seoul', zone: 'Asia/Seoul', country: 'KR', network: '10.42.0', weekend: saturdayAndSunday },
  bangkok: {
    city: 'Bangkok',
    zone: 'Asia/Bangkok',
    country: 'TH',
    network: '10.43.0',
    weekend: saturdayAndSunday,
  },
} as const satisfies Record<string, Office>

export type Person = {
  id: string
  name: string
  email: string
  /** Login of the databases. */
  login: string
  team: Team
  office: Office
  ip: string
  /** Hours of the local day between which they work. */
  begins: number
  ends: number
  /** Has an account of the audit log itself. */
  role?: 'admin' | 'auditor'
}

type Row = readonly [name: string, login: string, team: Team, office: keyof typeof offices, begins?: number]

/** From the most active to the least. */
const rows: readonly Row[] = [
  ['Anneliese Krüger', 'anneliese', 'data', 'berlin', 8],
  ['राहुल वर्मा', 'rahul', 'data', 'bengaluru', 10],
  ['Beatriz Gonçalves', 'beatriz', 'analytics', 'saoPaulo', 9],
  ['佐藤 美咲', 'misaki', 'analytics', 'tokyo', 9],
  ['Marcus Whitfield', 'marcus', 'data', 'newYork', 8],
  ['Ольга Соколова', 'olga', 'engineering', 'berlin', 9],
  ['Jérôme Lefèvre', 'jerome', 'analytics', 'berlin', 9],
  ['Ananya Iyer', 'ananya', 'engineering', 'bengaluru', 10],
  ['Νίκος Παπαδόπουλος', 'nikos', 'engineering', 'athens', 8],
  ['Tobias Brandt', 'tobias', 'data', 'berlin', 7],
  ['김서연', 'seoyeon', 'analytics', 'seoul', 9],
  ['Priscilla Okonkwo', 'priscilla', 'finance', 'newYork', 8],
  ['Thiago Nascimento', 'thiago', 'engineering', 'saoPaulo', 10],
  ['יעל כהן', 'yael', 'engineering', 'telAviv', 9],
  ['Grace Holloway', 'grace', 'operations', 'newYork', 8],
  ['王晓明', 'xiaoming', 'engineering', 'tokyo', 10],
  ['Zoë van Dijk', 'zoe', 'marketing', 'berlin', 9],
  ['ليلى حسن', 'layla', 'analytics', 'cairo', 9],
  ['Deepak Nair', 'deepak', 'operations', 'bengaluru', 9],
  ['田中 健太', 'kenta', 'operations', 'tokyo', 8],
  ['Łukasz Wiśniewski', 'lukasz', 'engineering', 'berlin', 9],
  ['สมชาย วงศ์สวัสดิ์', 'somchai', 'operations', 'bangkok', 9],
  ['Caroline Ashby', 'caroline', 'marketing', 'newYork', 9],
  ['Şebnem Yıldız', 'sebnem', 'marketing', 'berlin', 9],
  ['Дмитрий Ковальчук', 'dmytro', 'data', 'berlin', 10],
  ['João Pedro Araújo', 'joaopedro', 'finance', 'saoPaulo', 9],
  ["Siobhán O'Malley", 'siobhan', 'people', 'newYork', 8],
  ['박지훈', 'jihoon', 'engineering', 'seoul', 10],
  ['मीरा देशपांडे', 'meera', 'finance', 'bengaluru', 9],
  ['Αλεξάνδρα Βλάχου', 'alexandra', 'analytics', 'athens', 9],
  ['אבי לוי', 'avi', 'operations', 'telAviv', 8],
  ['محمد عبد الرحمن', 'mohamed', 'operations', 'cairo', 9],
  ['Ingrid Sørensen', 'ingrid', 'people', 'berlin', 8],
  ['陈思远', 'siyuan', 'analytics', 'tokyo', 9],
  ['Renata Figueiredo', 'renata', 'marketing', 'saoPaulo', 9],
  ['鈴木 大輔', 'daisuke', 'finance', 'tokyo', 9],
  ['Hannah Feldmann', 'hannah', 'people', 'berlin', 8],
  ['William Tremblay', 'william', 'operations', 'newYork', 7],
  ['ณัฐชา พิพัฒน์', 'natcha', 'marketing', 'bangkok', 10],
  ['Carmen Ibáñez', 'carmen', 'finance', 'berlin', 9],
]

const roles: Partial<Record<string, 'admin' | 'auditor'>> = {
  tobias: 'admin',
  grace: 'admin',
  olga: 'admin',
  priscilla: 'auditor',
  meera: 'auditor',
  hannah: 'auditor',
  dmytro: 'auditor',
  carmen: 'auditor',
  natcha: 'auditor',
}

/** Forty people, from the most active to the least. */
export const people: readonly Person[] = rows.map(([name, login, team, place, begins = 9], index) => {
  const office = offices[place]
  const role = roles[login]
  return {
    id: `u_${String(index + 101)}`,
    name,
    email: `${login}@${domain}`,
    login,
    team,
    office,
    ip: `${office.network}.${20 + index}`,
    begins,
    ends: begins + 9,
    ...(role === undefined ? {} : { role }),
  }
})

/** Throws where there is nobody with this login. */
export function personOf(login: string): Person {
  const found = people.find((person) => person.login === login)
  if (!found) throw new Error(`Nobody has the login ${login}.`)
  return found
}
