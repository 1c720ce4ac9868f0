// Names as each language says them. A sub-municipality is بلدية, a region's own municipality أمانة.

const LANGUAGES = ["ar", "en", "ur", "hi", "id", "ms"];
const DISTRICT = [(n) => `بلدية ${n}`, (n) => `${n} municipality`, (n) => `بلدیہ ${n}`, (n) => `${n} नगर पालिका`, (n) => `Kotamadya ${n}`, (n) => `Majlis Perbandaran ${n}`];
const MUNICIPALITY = [(n) => `أمانة ${n}`, (n) => `${n} Municipality`, (n) => `${n} میونسپلٹی`, (n) => `${n} नगर निगम`, (n) => `Pemerintah Kota ${n}`, (n) => `Majlis Bandaraya ${n}`];

/** `name_ar`, `name_en`, … of a sub-municipality whose place is called `names`, in the order ar, en, ur, hi, id, ms. */
export const districtNames = (names) => inEveryLanguage(names, DISTRICT);

/** The same for a neighbouring municipality. */
export const municipalityNames = (names) => inEveryLanguage(names, MUNICIPALITY);

const inEveryLanguage = (names, say) => Object.fromEntries(LANGUAGES.map((language, i) => [`name_${language}`, say[i](names[i])]));
