// The Holy Capital Municipality (Makkah): its sub-municipalities, and Jeddah and Taif, to which the rest of the
// province is given. Degrees, to about a kilometre.

export const holyCapital = {
  id: "holy-capital",
  outline: {
    own: ["regions/SA-MK"],
    others: ["regions/SA-MD", "regions/SA-RI", "regions/SA-BA", "regions/SA-AS"],
    seaKm: 15,
  },
  grid: { lon: [38.2, 44], lat: [17.7, 24.4], coarse: 0.01, fine: 0.0015, fineLon: [39.35, 40.15], fineLat: [21.15, 21.75] },
  reachKm: 17, // further than this from its nearest town, land belongs to a neighbour
  districts: [
    { id: "ajyad", names: ["أجياد", "Ajyad", "اجیاد", "अजयाद", "Ajyad", "Ajyad"],
      towns: [[39.8285, 21.4185], [39.838, 21.412]] },
    { id: "al-misfalah", names: ["المسفلة", "Al-Misfalah", "المسفلہ", "अल-मिसफ़ला", "Al-Misfalah", "Al-Misfalah"],
      towns: [[39.818, 21.408], [39.81, 21.392]] },
    { id: "al-utaybiyyah", names: ["العتيبية", "Al-Utaybiyyah", "العتیبیہ", "अल-उतैबिया", "Al-Utaybiyyah", "Al-Utaybiyyah"],
      towns: [[39.818, 21.438], [39.795, 21.44], [39.79, 21.42]] },
    { id: "al-maabdah", names: ["المعابدة", "Al-Maabdah", "المعابدہ", "अल-मआबदा", "Al-Maabdah", "Al-Maabdah"],
      towns: [[39.834, 21.4385], [39.845, 21.437], [39.86, 21.455]] },
    { id: "al-aziziyah", names: ["العزيزية", "Al-Aziziyah", "العزیزیہ", "अल-अज़ीज़िया", "Al-Aziziyah", "Al-Aziziyah"],
      towns: [[39.866, 21.42], [39.866, 21.41], [39.86, 21.385], [39.88, 21.36], [39.93, 21.32]] },
    { id: "ash-shawqiyyah", names: ["الشوقية", "Ash-Shawqiyyah", "الشوقیہ", "अश-शौक़िया", "Ash-Shawqiyyah", "Ash-Shawqiyyah"],
      towns: [[39.795, 21.368], [39.82, 21.335], [39.76, 21.385]] },
    { id: "al-umrah", names: ["العمرة", "Al-Umrah", "العمرہ", "अल-उमरा", "Al-Umrah", "Al-Umrah"],
      towns: [[39.801, 21.468], [39.775, 21.505], [39.82, 21.49]] },
    { id: "ash-sharai", names: ["الشرائع", "Ash-Sharai", "الشرائع", "अश-शराए", "Ash-Sharai", "Ash-Sharai"],
      towns: [[39.955, 21.475], [40.02, 21.46], [39.92, 21.46]] },
    { id: "holy-sites", names: ["المشاعر المقدسة", "Holy Sites", "مشاعر مقدسہ", "पवित्र स्थल", "Masyair Muqaddasah", "Masyair Muqaddasah"],
      towns: [[39.876, 21.4205], [39.893, 21.413], [39.937, 21.384], [39.984, 21.355]] },
    { id: "bahrah", names: ["بحرة", "Bahrah", "بحرہ", "बहरा", "Bahrah", "Bahrah"],
      towns: [[39.45, 21.4], [39.55, 21.43], [39.65, 21.41]] },
    { id: "al-jumum", names: ["الجموم", "Al-Jumum", "الجموم", "अल-जुमूम", "Al-Jumum", "Al-Jumum"],
      towns: [[39.697, 21.62], [39.72, 21.6]] },
  ],
  neighbours: [
    { id: "jeddah", names: ["محافظة جدة", "Jeddah", "جدہ", "जेद्दा", "Jeddah", "Jeddah"],
      towns: [[39.186, 21.49], [39.12, 21.75], [39.28, 21.35], [39.32, 22.156], [39.035, 22.8], [39.85, 22.25], [40.272, 20.148], [40.85, 20.4], [41.08, 19.13]] },
    { id: "taif", names: ["محافظة الطائف", "Taif", "الطائف", "ताइफ़", "Taif", "Taif"],
      towns: [[40.416, 21.27], [40.28, 21.36], [40.318, 21.073], [40.5, 21.7], [41.633, 21.214], [42.031, 21.911], [42.85, 21.25], [41.758, 22.433]] },
  ],
  known: [
    ["ajyad", [39.829, 21.4175]], ["al-aziziyah", [39.866, 21.408]], ["al-misfalah", [39.815, 21.405]],
    ["holy-sites", [39.8925, 21.4133]], ["holy-sites", [39.8728, 21.4215]], ["holy-sites", [39.984, 21.3547]], ["holy-sites", [39.937, 21.385]],
    ["ash-sharai", [39.955, 21.475]], ["al-umrah", [39.801, 21.468]], ["bahrah", [39.45, 21.4]], ["al-jumum", [39.697, 21.62]],
    ["jeddah", [39.186, 21.49]], ["taif", [40.416, 21.27]], [undefined, [39.61, 24.47]], [undefined, [46.72, 24.69]],
  ],
};
