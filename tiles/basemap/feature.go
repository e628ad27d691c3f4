package basemap

import "github.com/paulmach/orb"

// Feature is one thing of a ground that is drawn from memory.
type Feature struct {
	// Layer and Class are those of OpenMapTiles:
	//
	//	water                area  ocean, lake, river, dock
	//	waterway             line  river, stream
	//	water_name           point or line  ocean, bay, river, lake
	//	landcover            area  grass, wood, sand, rock, wetland
	//	landuse              area  residential, industrial, commercial, school, hospital, cemetery, pitch, playground
	//	park                 area  public_park, nature_reserve
	//	building             area  (no class)
	//	transportation       line  primary, secondary, tertiary, minor, service, path, rail, pier
	//	transportation_name  line  as transportation
	//	poi                  point park, harbor, school, hospital, town_hall, place_of_worship, library, stadium, lighthouse, ferry_terminal
	//	place                point island, town, quarter, hamlet
	Layer, Class string
	Name         string       // as people read it; empty: none
	Geometry     orb.Geometry // WGS 84 degrees, longitude first: Point, LineString, Polygon or their Multi forms
	MinZoom      uint8        // first zoom (of 512 px tiles) that shows it, 0…18
	Rank         int          // of points: 1 is the most important; 0: none
	Bridge       bool         // of transportation lines
}
