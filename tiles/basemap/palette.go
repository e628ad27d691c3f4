package basemap

// Palette is the colours of a ground, each #RRGGBB. The pages' tokens (web/ui/src/styles/tokens.css) are of the same family.
type Palette struct {
	Land, Sea, Water                          string // the background, the open sea, inland water
	Green, Wood, Sand, Rock                   string
	Residential, Industrial, Civic, Pitch     string // areas of use; Civic: schools, hospitals, cemeteries; Pitch: playgrounds too
	Building, BuildingEdge                    string
	Road, MainRoad, Casing, Path, Rail, Pier  string
	Label, QuietLabel, WaterLabel, GreenLabel string
	Halo                                      string
}

// The palettes of the styles, by the reader's wishes.
var (
	Light = Palette{
		Land: "#F4F1EA", Sea: "#BFDAE0", Water: "#BFDAE0",
		Green: "#DBE7CD", Wood: "#C8DBBB", Sand: "#F3E8CD", Rock: "#E4DFD6",
		Residential: "#EEEAE0", Industrial: "#E8E4E6", Civic: "#EFE6DC", Pitch: "#D3E2C4",
		Building: "#E1DACC", BuildingEdge: "#CFC6B5",
		Road: "#FFFFFF", MainRoad: "#FFEFC6", Casing: "#CEC4B1", Path: "#BFB39E", Rail: "#AFA9A0", Pier: "#EFEBE2",
		Label: "#3A424B", QuietLabel: "#626B75", WaterLabel: "#2F6A77", GreenLabel: "#3F6534",
		Halo: "#FBFAF7",
	}
	Dark = Palette{
		Land: "#1F262C", Sea: "#0F1C24", Water: "#0F1C24",
		Green: "#22352A", Wood: "#1D3526", Sand: "#35322A", Rock: "#2A3035",
		Residential: "#242C33", Industrial: "#2A2C34", Civic: "#2E2D30", Pitch: "#294232",
		Building: "#303A43", BuildingEdge: "#3D4853",
		Road: "#47545F", MainRoad: "#585D58", Casing: "#1A2025", Path: "#5E6359", Rail: "#59636C", Pier: "#333D45",
		Label: "#E2E8ED", QuietLabel: "#AFBAC4", WaterLabel: "#7FB6C6", GreenLabel: "#9CC58E",
		Halo: "#171C21",
	}
	Contrast = Palette{
		Land: "#FFFFFF", Sea: "#CFE4F2", Water: "#CFE4F2",
		Green: "#E3F2D8", Wood: "#D3E9C4", Sand: "#FBF3DC", Rock: "#EEEEEE",
		Residential: "#FFFFFF", Industrial: "#F4F4F4", Civic: "#F7F2EA", Pitch: "#D3E9C4",
		Building: "#E6E6E6", BuildingEdge: "#767676",
		Road: "#FFFFFF", MainRoad: "#FFF0B8", Casing: "#4A4A4A", Path: "#6B5B3E", Rail: "#333333", Pier: "#FFFFFF",
		Label: "#000000", QuietLabel: "#1B1F24", WaterLabel: "#06364A", GreenLabel: "#123F0A",
		Halo: "#FFFFFF",
	}
	ContrastDark = Palette{
		Land: "#000000", Sea: "#06222E", Water: "#06222E",
		Green: "#0C2410", Wood: "#0E2A12", Sand: "#242010", Rock: "#1A1A1A",
		Residential: "#000000", Industrial: "#101010", Civic: "#181410", Pitch: "#12301A",
		Building: "#1E1E1E", BuildingEdge: "#9A9A9A",
		Road: "#2B2B2B", MainRoad: "#453C14", Casing: "#C8C8C8", Path: "#C0AE86", Rail: "#DDDDDD", Pier: "#2B2B2B",
		Label: "#FFFFFF", QuietLabel: "#EEF1F4", WaterLabel: "#BFE8FF", GreenLabel: "#CDF5C0",
		Halo: "#000000",
	}
)
